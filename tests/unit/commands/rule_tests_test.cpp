// Risk: a test that fails is told as one that passed, or so that nobody sees what to mend.
#include "commands/rule_tests.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "toml/load.hpp"

using namespace tocsin;

namespace {

constexpr std::string_view kRules = R"([rule.High]
expr    = "x"
above   = 10
for     = "1m"
summary = "x is {{value}}"
[[policy.default.notify]]
level = 1
after = "0s"
to    = "console"
[[policy.default.notify]]
level = 2
after = "5m"
to    = "console"
)";

/// A suite with one test, whose `expectations` begin on line 17, of a target that answers `series`.
ruletest::Suite suite(const std::string& series, const std::string& expectations) {
  config::File file;
  file.name = "high.toml";
  file.text = std::string(kRules) + "[[test]]\nname = \"<High> & \\\"low\\\"\"\n" +
              "scrape = [{ target = \"host\", series = '''" + series +
              "''', fails = [\"30m..\"] }]\n" + expectations;
  toml::LoadedSuite loaded = toml::suite_from(file, {"server-1", ""});
  REQUIRE_MESSAGE(loaded.suite, config::render(loaded.diagnostics));
  return std::move(*loaded.suite);
}

std::string said(const ruletest::Suite& suite) {
  std::string all;
  for (const auto& failure : ruletest::run(suite.config, suite.tests.front())) {
    all += ruletest::render(suite, suite.tests.front(), failure);
  }
  return all;
}

std::size_t failures(const std::string& series, const std::string& expectations) {
  const ruletest::Suite one = suite(series, expectations);
  return ruletest::run(one.config, one.tests.front()).size();
}

std::string alert(const std::string& text) {
  return "alert = [{ rule = \"High\", " + text + " }]\n";
}

constexpr const char* kBreach = "x 1 1 20x60";

}  // namespace

TEST_CASE("a failure shows the expectation's place, both sides, and what happened about then") {
  CHECK(said(suite(kBreach, alert(R"(at = "2m", state = "firing", severity = "critical")"))) ==
        R"(high.toml:17:10: error: <High> & "low": at 2m High is not as expected
   17 | alert = [{ rule = "High", at = "2m", state = "firing", severity = "critical" }]
      |          ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    expected  High firing, critical
    got       High{instance="server-1",job="host"} pending since 2m (breach began), warning, value 20
    around    2m alert High{instance="server-1",job="host"}: inactive to pending (breach began)
              3m alert High{instance="server-1",job="host"}: pending to firing (held long enough)
              3m incident 1 opened: High
              3m told console opened level 1, warning: x is 20
)");
}

TEST_CASE("what was told is compared as a whole") {
  const std::string good =
      "notice = [{ at = \"3m\", to = \"console\", is = \"opened\", level = 1, rule = \"High\" },\n"
      "{ at = \"8m\", to = \"console\", is = \"opened\", level = 2, title = \"x is 20\" }]\n"
      "until = \"9m\"\n";
  CHECK(failures("x 1 1 20x6", good) == 0);
  const std::string late = said(suite("x 1 1 20x6",
                                      "notice = [{ at = \"4m\", to = \"console\", is = \"opened\", "
                                      "level = 1 }]\nuntil = \"9m\"\n"));
  CHECK(late.find("high.toml:17:11: error: <High> & \"low\": another notice than expected") !=
        std::string::npos);
  CHECK(late.find("expected  4m console opened level 1\n    got       3m console opened level 1, "
                  "warning: x is 20\n") != std::string::npos);
  CHECK(late.find("more has been told than was expected") != std::string::npos);
  CHECK(late.find("got       8m console opened level 2, warning: x is 20\n") != std::string::npos);
  CHECK(failures("x 1 1 20x6", "notice = []\nuntil = \"1m\"\n") == 0);
  CHECK(failures("x 1 1 20x6", "notice = []\nuntil = \"9m\"\n") == 1);
  CHECK(failures("x 1x9", "notice = [{ at = \"4m\", to = \"console\", is = \"closed\" }]\n") == 1);
}

TEST_CASE("each thing that an expectation says of an alert counts") {
  const struct {
    const char* text;
    bool good;
  } rows[] = {
      {R"(at = "1m", state = "inactive")", true},
      {R"(at = "1m", state = "inactive", value = 1)", true},
      {R"(at = "1m", state = "inactive", value = 2)", false},
      {R"(at = "1m", state = "pending")", false},
      {R"(at = "2m", state = "pending")", true},
      {R"(at = "2m", state = "inactive")", false},
      {R"(at = "3m", state = "firing", severity = "warning")", true},
      {R"(at = "3m", state = "firing", severity = "info")", false},
      {R"(at = "3m", state = "firing", value = 20)", true},
      {R"(at = "3m", state = "firing", value = 20.1)", false},
      {R"(at = "3m", state = "firing", summary = "x is 20")", true},
      {R"(at = "3m", state = "firing", summary = "x is 21")", false},
      {R"(at = "3m", state = "firing", labels = { job = "host" })", true},
      {R"(at = "3m", state = "firing", labels = { job = "other" })", false},
      {R"(at = "3m", state = "firing", count = 1)", true},
      {R"(at = "3m", state = "firing", count = 2)", false},
      {R"(at = "3m", state = "firing", no_data = false)", true},
      {R"(at = "3m", state = "firing", no_data = true)", false},
      {R"(at = "30m", state = "firing", no_data = true)", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK((failures(kBreach, alert(row.text)) == 0) == row.good);
  }
}

TEST_CASE("of several alerts all are as expected, or each that is not fails") {
  const std::string series = "x{d=\"a\"} 20x9\nx{d=\"b\"} 20x9\nx{d=\"c\"} 1x9";
  const auto many = [&](const std::string& text) { return failures(series, alert(text)); };
  CHECK(many(R"(at = "5m", state = "firing")") == 0);
  CHECK(many(R"(at = "5m", state = "firing", count = 2)") == 0);
  CHECK(many(R"(at = "5m", state = "pending")") == 2);
  CHECK(many(R"(at = "5m", state = "pending", labels = { d = "b" })") == 1);
  CHECK(many(R"(at = "5m", state = "inactive", labels = { d = "c" }, value = 1)") == 0);
}

TEST_CASE("why an alert is inactive is told") {
  const auto got = [](const std::string& series, const std::string& text) {
    const std::string all = said(suite(series, alert(text)));
    const std::size_t at = all.find("got       ") + 10;
    return all.substr(at, all.find('\n', at) - at);
  };
  CHECK(got("x 1x9", R"(at = "5m", state = "firing")") == "inactive; at 5m it measured 1");
  CHECK(got("y 1x9", R"(at = "5m", state = "firing")") ==
        "inactive; at 5m its expression gave nothing");
}

TEST_CASE("a person's word that is refused is a failure") {
  const auto ack = [](const std::string& at) {
    return "command = [{ at = \"" + at + "\", ack = \"High\" }]\n" +
           alert(R"(at = "9m", state = "firing")");
  };
  CHECK(failures(kBreach, ack("4m")) == 0);
  CHECK(failures(kBreach, ack("1m")) == 1);
  CHECK(said(suite(kBreach, ack("1m"))).find("got       0 open incidents of High") !=
        std::string::npos);
}

TEST_CASE("the test file that the help shows is one, and passes") {
  std::string example = "[rule.QueueStuck]\nexpr = 'queue_oldest_seconds'\nabove = \"2m\"\n";
  std::istringstream lines{std::string(commands::kTestFiles)};
  for (std::string line; std::getline(lines, line);) {
    const bool shown = line.starts_with("    ") && line.find("load = ") == std::string::npos;
    if (shown) example += line.substr(4) + "\n";
  }
  config::File file;
  file.name = "example.toml";
  file.text = example;
  const toml::LoadedSuite loaded = toml::suite_from(file, {"server-1", ""});
  REQUIRE_MESSAGE(loaded.suite, config::render(loaded.diagnostics));
  REQUIRE(loaded.suite->tests.size() == 1);
  CHECK(said(*loaded.suite) == "");
}

TEST_CASE("JUnit's XML counts, escapes, and shows bad files") {
  std::vector<commands::FileOutcome> files(2);
  files[0].file = "high.toml";
  files[0].suite = suite(kBreach, alert(R"(at = "2m", state = "firing")"));
  const ruletest::Test& test = files[0].suite->tests.front();
  files[0].tests.push_back({&test, ruletest::run(files[0].suite->config, test), 0.5});
  files[0].tests.push_back({&test, {}, 0.25});
  files[1].file = "bad.toml";
  files[1].diagnostics.push_back({});
  files[1].diagnostics.back().message = "an \x1b escape";
  const std::string xml = commands::junit_xml(files);
  const auto holds = [&xml](std::string_view part) { return xml.find(part) != std::string::npos; };
  CHECK(
      holds("<testsuite name=\"high.toml\" tests=\"2\" failures=\"1\" errors=\"0\" "
            "time=\"0.750000\">"));
  CHECK(holds("name=\"&lt;High&gt; &amp; &quot;low&quot;\" time=\"0.250000\"/>"));
  CHECK(holds("<failure message=\"at 2m High is not as expected\">high.toml:17:10: error:"));
  CHECK(holds("<testsuite name=\"bad.toml\" tests=\"1\" failures=\"0\" errors=\"1\""));
  CHECK(holds("<error message=\"the file is wrong\">"));
  CHECK(std::count(xml.begin(), xml.end(), '\x1b') == 0);
}
