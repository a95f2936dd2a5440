// Risk: the table that everything is made of contradicts itself.
#include "tocsin/config/keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tocsin/ruletest/read.hpp"

using namespace tocsin::config;

namespace {

void check_rows(const KeyTable& table) {
  std::set<std::string> seen;
  for (const Key& key : table.keys()) {
    const std::string name = std::string(key.section) + "." + std::string(key.name);
    CAPTURE(name);
    CHECK(seen.insert(name).second);
    CHECK(table.find_section(key.section) != nullptr);
    CHECK(!key.meaning.empty());
    CHECK(key.meaning.ends_with('.'));
    CHECK(!key.example.empty());
    CHECK((key.type == Type::choice) == !key.choices.empty());
    CHECK(!(key.required && !key.otherwise.empty()));
    CHECK(table.find_key(key.section, key.name) == &key);
  }
  for (const Section& section : table.sections()) {
    CAPTURE(section.pattern);
    CHECK(!section.meaning.empty());
    CHECK(!table.names_within(section.pattern).empty());
  }
}

}  // namespace

TEST_CASE("each row of a key table stands once, in a section that exists, and is explained") {
  check_rows(configuration_keys());
  check_rows(tocsin::ruletest::test_keys());
}

TEST_CASE("an override takes the keys of a rule") {
  CHECK(find_key("override.*", "above") == find_key("rule.*", "above"));
  CHECK(find_key("override.*", "abvoe") == nullptr);
}

TEST_CASE("a group takes the keys of a rule that many rules can share, and its own") {
  CHECK(find_key("group.*", "policy") == find_key("rule.*", "policy"));
  CHECK(find_key("group.*", "match") != nullptr);
  CHECK(find_key("rule.*", "match") == nullptr);
  CHECK(find_key("group.*", "expr") == nullptr);
  CHECK(find_key("override.*", "match") == nullptr);
}

TEST_CASE("names within a section are its keys and its sections") {
  const auto top = names_within("");
  const auto has = [&top](const char* name) {
    return std::find(top.begin(), top.end(), name) != top.end();
  };
  CHECK(has("console_only"));
  CHECK(has("source"));
  CHECK(has("rule"));
  CHECK(!has("source.host"));
  const auto policy = names_within("policy.*");
  CHECK(std::find(policy.begin(), policy.end(), "notify") != policy.end());
  CHECK(std::find(policy.begin(), policy.end(), "level") == policy.end());
}

TEST_CASE("keys belong to the kinds of receivers that their row names") {
  CHECK(takes(*find_key("receiver.*", "kind"), "slack"));
  CHECK(takes(*find_key("receiver.*", "webhook"), "slack"));
  CHECK(!takes(*find_key("receiver.*", "webhook"), "pagerduty"));
  CHECK(takes(*find_key("receiver.*", "url"), "webhook"));
}
