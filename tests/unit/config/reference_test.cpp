// Risk: help or reference leave out a key that the table has, or do not find what one asks for.
#include "tocsin/config/reference.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/text.hpp"
#include "tocsin/config/keys.hpp"

using namespace tocsin;
using namespace tocsin::config;
using tocsin::testing::holds;

namespace {

std::string with_name(std::string_view pattern, std::string_view key) {
  std::string text(pattern);
  if (const std::size_t star = text.find('*'); star != std::string::npos)
    text.replace(star, 1, "some-name");
  return text.empty() ? std::string(key) : text + "." + std::string(key);
}

}  // namespace

TEST_CASE("every key is found by its name and by its path, and help says all that the table says") {
  for (const Key& key : keys()) {
    for (const std::string& word :
         {std::string(key.name), with_name(key.section, key.name),
          key.section.empty() ? std::string(key.name)
                              : std::string(key.section) + "." + std::string(key.name)}) {
      CAPTURE(word);
      const Result<std::string> said = help_about(word);
      REQUIRE(said);
      CHECK(holds(*said, key.meaning));
      CHECK(holds(*said, key.example));
      CHECK(holds(*said, key.otherwise));
      CHECK(holds(*said, key.least));
      CHECK(holds(*said, key.most));
    }
  }
}

TEST_CASE("help about a section lists its keys, whatever way the section is written") {
  for (const char* word : {"policy", "policy.*", "[policy.production]", "policy.NAME"}) {
    CAPTURE(word);
    const Result<std::string> said = help_about(word);
    REQUIRE(said);
    CHECK(holds(*said, "ack_expires"));
    CHECK(holds(*said, "[[policy.NAME.notify]]"));
  }
  CHECK(holds(*help_about("policy.notify"), "level"));
  CHECK(!holds(*help_about("policy.notify"), "ack_expires"));
  CHECK(holds(*help_about("override"), "severity"));
  CHECK(!holds(*help_about("group"), "  expr"));
}

TEST_CASE("help about a key that several sections have tells each") {
  const std::string said = *help_about("every");
  for (const char* section : {"[source.host]", "[source.prometheus.NAME]", "[rule.NAME]"}) {
    CHECK(holds(said, section));
  }
  CHECK(!holds(*help_about("rule.every"), "[source.host]"));
}

TEST_CASE("a word that is nothing is answered with what was probably meant") {
  CHECK(help_about("abvoe").error().text ==
        "no key and no section is called `abvoe`; did you mean `above`?");
  CHECK(help_about("recevier.kind").error().text ==
        "no key and no section is called `recevier.kind`; did you mean `receiver.kind`?");
  CHECK(holds(help_about("xyzzy").error().text, "lists them all"));
}

TEST_CASE("the overview and the reference leave nothing out") {
  const std::string overview = *help_about("");
  const std::string page = reference_page();
  for (const Section& section : sections()) {
    CAPTURE(section.pattern);
    CHECK(holds(overview, section.meaning));
    CHECK(holds(page, section.meaning));
    if (!section.pattern.empty()) CHECK(holds(page, "## `" + header_of(section.pattern) + "`"));
  }
  for (const Key& key : keys()) {
    CAPTURE(key.name);
    CHECK(holds(overview, key.name));
    CHECK(holds(page, "| `" + std::string(key.name) + "` |"));
  }
}
