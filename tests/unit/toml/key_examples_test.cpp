// Risk: the reference, which is made of the key table, shows examples that `check` refuses.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tocsin/config/keys.hpp"
#include "toml/load.hpp"

using namespace tocsin;

namespace {

std::string header(std::string_view pattern) {
  std::string text(pattern);
  if (text.empty()) return "";
  for (std::size_t star = text.find('*'); star != std::string::npos; star = text.find('*'))
    text.replace(star, 1, "x");
  if (text.ends_with("[]")) return "[[" + text.substr(0, text.size() - 2) + "]]\n";
  return "[" + text + "]\n";
}

/// What is said of the value alone: not of what it needs beside it.
std::string complaints(const config::Key& key, std::string_view value) {
  std::string text = header(key.section);
  const bool kind = key.section == "receiver.*" && key.name != "kind";
  if (kind) text += "kind = \"" + std::string(key.kinds.substr(0, key.kinds.find(' '))) + "\"\n";
  text += std::string(key.name) + " = " + std::string(value) + "\n";
  const auto line = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  config::File file;
  file.name = "tocsin.toml";
  file.text = text;
  std::vector<config::File> files{file};
  std::string said;
  const config::Loaded loaded =
      toml::load_texts(files, {"host-1", std::string(TOCSIN_SOURCE_DIR) + "/rules"});
  for (const config::Diagnostic& each : loaded.diagnostics) {
    const bool reference = each.message.find("is called") != std::string::npos ||
                           each.message.find("without") != std::string::npos ||
                           each.message.find("matches no rule") != std::string::npos;
    if (each.line == line && !reference) said += config::render(each);
  }
  return said;
}

}  // namespace

TEST_CASE("each example and each default of the key table is accepted") {
  for (const config::Key& key : config::keys()) {
    CAPTURE(key.section);
    CAPTURE(key.name);
    CHECK(complaints(key, key.example) == "");
    if (!key.otherwise.empty()) CHECK(complaints(key, key.otherwise) == "");
  }
}

TEST_CASE("each bound of the key table holds: itself is accepted") {
  for (const config::Key& key : config::keys()) {
    const bool quoted = key.type != config::Type::count;
    for (const std::string_view bound : {key.least, key.most}) {
      if (bound.empty()) continue;
      CAPTURE(key.section);
      CAPTURE(key.name);
      const std::string value = quoted ? "\"" + std::string(bound) + "\"" : std::string(bound);
      const std::string said = complaints(key, value);
      CHECK(said.find("at least") == std::string::npos);
      CHECK(said.find("at most") == std::string::npos);
    }
  }
}
