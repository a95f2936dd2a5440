// Risk: help or reference leave out a key that the table has, or do not find what one asks for.
#include "tocsin/config/reference.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/text.hpp"
#include "tocsin/config/keys.hpp"
#include "tocsin/config/metrics.hpp"

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

TEST_CASE("help about a source lists its metrics, and a metric says whose it is") {
  std::size_t kinds = 0;
  for (const Section& section : sections()) {
    if (!section.pattern.starts_with("source.") || section.pattern.ends_with(".expect") ||
        section.pattern.ends_with(".query.*")) {
      continue;
    }
    ++kinds;
    CAPTURE(section.pattern);
    const std::string said = *help_about(section.pattern);
    CHECK(holds(said, "scrape_duration_seconds"));
    for (const Metric& metric : metrics_of(section.pattern)) {
      CHECK(holds(said, metric.meaning));
      for (const std::string& name : names_of(metric)) {
        CHECK(holds(said, series_text(name, metric)));
        const std::string about = *help_about(name);
        CHECK(holds(about, metric.meaning));
        CHECK(holds(about, to_string(metric.kind)));
        CHECK(holds(about, header_of(section.pattern)));
      }
    }
  }
  CHECK(kinds == 14);
  CHECK(holds(*help_about("source.files"), "files_newest_info{path}"));
  CHECK(holds(*help_about("[source.prometheus.api]"), "besides what the endpoint serves"));
  CHECK(!holds(*help_about("rule"), "scrape_duration_seconds"));
  CHECK(help_about("files_newest_aeg_seconds").error().text ==
        "no key, no section and no metric is called `files_newest_aeg_seconds`; did you mean "
        "`files_newest_age_seconds`?");
}

TEST_CASE("a word that is nothing is answered with what was probably meant") {
  CHECK(help_about("abvoe").error().text ==
        "no key, no section and no metric is called `abvoe`; did you mean `above`?");
  CHECK(
      help_about("recevier.kind").error().text ==
      "no key, no section and no metric is called `recevier.kind`; did you mean `receiver.kind`?");
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
