// Risk: a mistake in a configuration is not seen, or is shown at another place or in words that
// help nobody. Each case of tests/unit/config/corpus is a small configuration with one kind of
// mistake and, word for word, what `check` says of it; each of tests/unit/ruletest/corpus a test
// file and what `test` says. Reading the cases is reviewing the messages.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "toml/load.hpp"

using namespace tocsin;

namespace {

const std::string kRoot = TOCSIN_SOURCE_DIR;

struct Case {
  std::string name;
  std::vector<config::File> files;
  std::string says;
};

std::vector<Case> cases_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<Case> cases;
  std::string* into = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("== ")) {
      cases.push_back({line.substr(3), {}, ""});
      into = nullptr;
    } else if (line == "-- says") {
      into = &cases.back().says;
    } else if (line.starts_with("-- ")) {
      config::File file;
      file.pack = line.starts_with("-- pack ");
      file.name = line.substr(file.pack ? 8 : 3);
      cases.back().files.push_back(file);
      into = &cases.back().files.back().text;
    } else if (into != nullptr && !(line.empty() && into == &cases.back().says)) {
      *into += line + "\n";
    }
  }
  return cases;
}

std::vector<Case> corpus(const std::string& room) {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(kRoot + "/tests/unit/" + room + "/corpus")) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> all;
  for (const std::string& path : paths) {
    for (Case& each : cases_of(path)) all.push_back(std::move(each));
  }
  return all;
}

/// The shipped packs are named by their path, which is another one on each machine.
std::string without_root(std::string text) {
  for (std::size_t at = text.find(kRoot + "/"); at != std::string::npos;
       at = text.find(kRoot + "/")) {
    text.erase(at, kRoot.size() + 1);
  }
  return text;
}

}  // namespace

TEST_CASE("every mistake of the corpus is shown at its place, in the words of the corpus") {
  std::ptrdiff_t mistakes = 0;
  for (const Case& each : corpus("config")) {
    CAPTURE(each.name);
    const config::Loaded loaded = toml::load_texts(each.files, {"host-1", kRoot + "/rules"});
    CHECK(without_root(config::render(loaded.diagnostics)) == each.says);
    CHECK(loaded.config.has_value() == (each.says.find(": error: ") == std::string::npos));
    mistakes += std::count(each.says.begin(), each.says.end(), '^');
  }
  CHECK(mistakes >= 60);
  MESSAGE(mistakes << " mistakes, each at its place");
}

TEST_CASE("every mistake of a test file is shown at its place, in the words of the corpus") {
  std::ptrdiff_t mistakes = 0;
  for (const Case& each : corpus("ruletest")) {
    CAPTURE(each.name);
    REQUIRE(each.files.size() == 1);
    const toml::LoadedSuite loaded =
        toml::suite_from(each.files.front(), {"server-1", kRoot + "/rules"});
    CHECK(without_root(config::render(loaded.diagnostics)) == each.says);
    CHECK(loaded.suite.has_value() == each.says.empty());
    mistakes += std::count(each.says.begin(), each.says.end(), '^');
  }
  CHECK(mistakes >= 30);
}
