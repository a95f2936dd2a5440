// Risk: the first rule and the first test that a newcomer copies do not fit each other.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "tocsin/ruletest/run.hpp"
#include "toml/load.hpp"
#include "unit/toml/rules_folder.hpp"

namespace fs = std::filesystem;
using namespace tocsin;
using toml_test::kRules;

namespace {

/// The block of README.md that begins with this.
std::string toml_block(std::string_view beginning) {
  std::ifstream in(std::string(TOCSIN_SOURCE_DIR) + "/README.md");
  const std::string page((std::istreambuf_iterator<char>(in)), {});
  const std::string fence = "```toml\n";
  const std::size_t at = page.find(fence + std::string(beginning));
  REQUIRE_MESSAGE(at != std::string::npos, beginning);
  const std::size_t from = at + fence.size();
  return page.substr(from, page.find("```", from) - from);
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("README: the example of a rule passes the example of its test, and of no other rule") {
  const fs::path folder = fs::temp_directory_path() / "tocsin-readme-test";
  fs::remove_all(folder);
  std::string rule = toml_block("[rule.QueueStuck]");
  write(folder / "tests/api.toml", toml_block("load = [\"../rules.d/api.toml\"]"));
  const auto failures = [&folder] {
    const toml::LoadedSuite loaded =
        toml::load_suite((folder / "tests/api.toml").string(), {"server-1", kRules});
    REQUIRE_MESSAGE(loaded.suite, config::render(loaded.diagnostics));
    REQUIRE(!loaded.suite->tests.empty());
    std::string said;
    for (const ruletest::Test& test : loaded.suite->tests) {
      for (const ruletest::Failure& failure : ruletest::run(loaded.suite->config, test))
        said += ruletest::render(*loaded.suite, test, failure);
    }
    return said;
  };
  write(folder / "rules.d/api.toml", rule);
  CHECK(failures() == "");
  write(folder / "rules.d/api.toml", rule + "for = \"1m\"\n");
  CHECK(failures() != "");
  fs::remove_all(folder);
}
