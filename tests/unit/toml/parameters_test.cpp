// Risk: a rule asks for other series than its author meant, because a parameter stands for
// something else than was written, or the shipped value wins over the team's own.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "toml/load.hpp"
#include "unit/toml/rules_folder.hpp"

using namespace tocsin;
using toml_test::kRules;

namespace {

config::EngineConfig engine_of(const std::string& text) {
  config::File file;
  file.name = "tocsin.toml";
  file.text = "console_only = true\n" + text;
  const config::Loaded loaded = toml::load_texts({file}, {"host-1", kRules});
  REQUIRE_MESSAGE(loaded.config.has_value(), config::render(loaded.diagnostics));
  return loaded.config->engine;
}

const rule::Rule& rule_of(const config::EngineConfig& engine, const std::string& name) {
  const auto found = std::find_if(engine.rules.begin(), engine.rules.end(),
                                  [&name](const rule::Rule& each) { return each.name == name; });
  REQUIRE(found != engine.rules.end());
  return *found;
}

std::string read_as(const std::string& expression) {
  const config::EngineConfig engine = engine_of(
      "[parameter.errors]\nexpr = 'requests_total{code=~\"5..\"}'\n"
      "[parameter.requests]\nexpr = 'requests_total  # all of them'\n"
      "[parameter.share]\nexpr = 'sum(a) / sum(b) # of all'\n"
      "[rule.Used]\nexpr = 'errors + requests + share'\nabove = 1\n"
      "[rule.R]\nabove = 1\nexpr = '''" +
      expression + "'''\n");
  return rule_of(engine, "R").expression.text();
}

}  // namespace

TEST_CASE("parameters: a name in an expression is the series that it stands for") {
  CHECK(read_as("errors") == R"(requests_total{code=~"5.."})");
  CHECK(
      read_as("sum by (job) (rate(errors[2m]))/sum(rate(requests[2m] offset 1h))") ==
      R"(sum by (job) (rate(requests_total{code=~"5.."}[2m]))/sum(rate(requests_total[2m] offset 1h)))");
  CHECK(read_as("requests - errors offset 1m") ==
        R"(requests_total - requests_total{code=~"5.."} offset 1m)");
  CHECK(read_as("share > 0.5") == "(sum(a) / sum(b) # of all\n) > 0.5");
}

TEST_CASE("parameters: labels in the rule are asked for besides those of the parameter") {
  CHECK(read_as(R"(errors{job="api"})") == R"(requests_total{code=~"5..",job="api"})");
  CHECK(read_as(R"(errors {})") == R"(requests_total{code=~"5.."})");
  CHECK(read_as(R"(rate(requests{job="api"}[5m]))") == R"(rate(requests_total{job="api"}[5m]))");
}

TEST_CASE("parameters: what is only called like one is left alone") {
  CHECK(read_as(R"(sum by (errors) (x{errors="errors"}))") ==
        R"(sum by (errors) (x{errors="errors"}))");
  CHECK(read_as("errors_total + x:errors") == "errors_total + x:errors");
}

TEST_CASE("parameters: they stand in records, in overrides and in what a baseline is a part of") {
  const config::EngineConfig engine = engine_of(R"(
[parameter.errors]
expr = 'failed_total'
[parameter.requests]
expr = 'asked_total'
[record."errors:rate"]
expr = 'sum(rate(errors[5m]))'
[rule.Unusual]
expr = 'sum(errors - errors offset 5m)'
every = "5m"
rise = { by = "100%", false_pages = "1 per 3y", of = 'sum(requests - requests offset 5m)' }
[packs]
enable = ["infrastructure"]
[override.CpuHigh]
expr = 'requests'
)");
  CHECK(engine.records.front().expression.text() == "sum(rate(failed_total[5m]))");
  const rule::Rule& unusual = rule_of(engine, "Unusual");
  CHECK(unusual.expression.text() == "sum(failed_total - failed_total offset 5m)");
  CHECK(rule_of(engine, "CpuHigh").expression.text() == "asked_total");
  CHECK(unusual.normal->of->text() == "sum(asked_total - asked_total offset 5m)");
}

TEST_CASE("parameters: a pack has the usual names, and the team's own win") {
  const std::string packs = "[packs]\nenable = [\"application\"]\n";
  CHECK(rule_of(engine_of(packs), "ErrorRateHigh")
            .expression.text()
            .find(R"(http_requests_total{code=~"5.."})") != std::string::npos);
  const config::EngineConfig own =
      engine_of(packs +
                "[parameter.http_errors]\n"
                "expr = 'http_server_requests_seconds_count{outcome=\"SERVER_ERROR\"}'\n");
  const std::string text = rule_of(own, "ErrorRateHigh").expression.text();
  CHECK(text.find(R"(rate(http_server_requests_seconds_count{outcome="SERVER_ERROR"}[2m]))") !=
        std::string::npos);
  CHECK(text.find("rate(http_requests_total[2m])") != std::string::npos);
}
