// Risks: a rule that reads a record believes what the record's own expression would not have let it
// believe; a record that is computed from half of its sources; series that nobody ends.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "support/engine_bench.hpp"
#include "tocsin/series/selection.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

rule::Record record(std::string name, std::string_view expression, Labels labels = {}) {
  return {std::move(name), parse(expression), std::move(labels), std::nullopt};
}

config::Target another_target(const std::string& name) {
  config::Target target;
  target.name = name;
  target.labels = Labels{{"job", name}, {"instance", name + ":80"}};
  return target;
}

class RecordBench : public Bench {
 public:
  using Bench::Bench;

  /// "labels value" of each series of the expression, now.
  std::vector<std::string> series_of(std::string_view expression) {
    std::vector<std::string> lines;
    const auto result = engine().query(parse(expression), now().boot, now());
    REQUIRE(result);
    for (const auto& element : std::get<expr::Vector>(result->value)) {
      lines.push_back(element.labels.to_string() + " " +
                      std::to_string(std::lround(element.value)));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  [[nodiscard]] const Alert* alert() {
    const auto all = engine().alerts();
    return all.empty() ? nullptr : all.front();
  }
  [[nodiscard]] engine::RecordStatus status_of(std::size_t place) {
    return engine().status(now()).records.at(place);
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("records: a result becomes series of the record's name and labels") {
  auto config = usual_config();
  config.records = {record("app:x:double", "x * 2", Labels{{"unit", "ratio"}, {"zone", "all"}}),
                    record("app:x:number", "scalar(sum(x))")};
  RecordBench bench(config);
  bench.bodies["app"] = "x{zone=\"a\"} 3\n";
  bench.run(0min);
  CHECK(bench.series_of("{__name__=~\"app:.*\"}") ==
        Lines{"app:x:double{instance=\"app:80\",job=\"app\",unit=\"ratio\",zone=\"all\"} 6",
              "app:x:number 3"});
  CHECK(bench.status_of(0).series == 1);
  CHECK(bench.status_of(0).last_error.empty());
}

TEST_CASE("records: what reads a record sees the value of the same tick, through others too") {
  auto config = usual_config();
  config.records = {record("x:twice", "x * 2"), record("x:four", "x:twice * 2")};
  config.rules.push_back(gauge_rule("High", "x:four", 10));
  RecordBench bench(config);
  bench.bodies["app"] = "x 1\n";
  bench.run(3min);
  CHECK(bench.engine().alerts().empty());
  bench.bodies["app"] = "x 3\n";
  bench.run(1min);
  REQUIRE(bench.alert() != nullptr);
  CHECK(bench.alert()->state == AlertState::firing);
  CHECK(bench.alert()->value == 12);
  // Its feeds are those of what the record is made of.
  CHECK(bench.alert()->fed_by == std::vector<std::string>{"app"});
}

TEST_CASE("records: a series ends when its input does, and comes back with it") {
  auto config = usual_config();
  config.records = {record("x:twice", "x * 2")};
  RecordBench bench(config);
  bench.bodies["app"] = "x{n=\"1\"} 1\nx{n=\"2\"} 2\n";
  bench.run(1min);
  CHECK(bench.series_of("x:twice").size() == 2);
  bench.bodies["app"] = "x{n=\"1\"} 1\n";
  bench.run(1min);
  CHECK(bench.series_of("x:twice").size() == 1);
  CHECK(bench.status_of(0).series == 1);
  bench.bodies.erase("app");
  bench.run(1min);
  CHECK(bench.series_of("x:twice").empty());
  bench.bodies["app"] = "x{n=\"2\"} 2\n";
  bench.run(1min);
  CHECK(bench.series_of("x:twice").size() == 1);
}

TEST_CASE("records: a value waits for all the targets that make it, and no longer") {
  auto config = usual_config();
  config.targets.push_back(another_target("slow"));
  config.records = {record("x:sum", "sum(x)"), record("x:each", "x + 0")};
  config.rules.push_back(gauge_rule("High", "x:sum", 100));
  RecordBench bench(config);
  bench.bodies["app"] = "x 1\n";
  bench.bodies["slow"] = "x 10\n";
  bench.run(0min);
  CHECK(bench.series_of("x:sum") == Lines{"x:sum 11"});
  bench.bodies["app"] = "x 2\n";
  bench.bodies["slow"] = "x 20\n";
  bench.run(1min);
  // With the old half of it it would be 12, and would stay so: a tick has one value.
  CHECK(bench.series_of("x:sum") == Lines{"x:sum 22"});
  CHECK(bench.series_of("x:each").size() == 2);
}

TEST_CASE("records: missing is not well through a record either") {
  auto config = usual_config();
  config.targets.push_back(another_target("other"));
  config.records = {record("x:sum", "sum(x)")};
  config.rules.push_back(gauge_rule("High", "x:sum", 10));
  RecordBench bench(config);
  bench.bodies["app"] = "x 3\n";
  bench.bodies["other"] = "x 9\n";
  bench.run(2min);
  REQUIRE(bench.alert() != nullptr);
  CHECK(bench.alert()->state == AlertState::firing);
  // The failing half dies: what is left is below the threshold, and proves nothing.
  bench.bodies.erase("other");
  bench.run(5min);
  REQUIRE(bench.alert() != nullptr);
  CHECK(bench.alert()->state == AlertState::firing);
  CHECK(bench.alert()->no_data);
  bench.bodies["other"] = "x 1\n";
  bench.run(1min);
  CHECK(bench.engine().alerts().empty());
}

TEST_CASE("records: a record that fails leaves what fires, and says why") {
  auto config = usual_config();
  config.records = {record("x:ratio", "x / on() y"), record("x:more", "x:ratio + 1")};
  auto filter = gauge_rule("High", "x:more > 1", 0);
  filter.threshold.reset();
  config.rules.push_back(filter);
  RecordBench bench(config);
  bench.bodies["app"] = "x 4\ny 2\n";
  bench.run(1min);
  REQUIRE(bench.alert() != nullptr);
  bench.bodies["app"] = "x 4\ny{n=\"1\"} 2\ny{n=\"2\"} 2\n";
  bench.run(5min);
  REQUIRE(bench.alert() != nullptr);
  CHECK(bench.alert()->state == AlertState::firing);
  CHECK(bench.alert()->no_data);
  CHECK(bench.series_of("x:ratio").empty());
  CHECK(bench.status_of(0).last_error.find("several series on the right side") !=
        std::string::npos);
  CHECK(bench.status_of(1).last_error.starts_with("record x:ratio: "));
  CHECK(bench.engine().status(bench.now()).rules.at(0).last_error.starts_with("record x:more: "));
  bench.bodies["app"] = "x 0\ny 2\n";
  bench.run(1min);
  CHECK(bench.engine().alerts().empty());
}

TEST_CASE("records: series of the same labels are refused together") {
  auto config = usual_config();
  config.records = {record("x:any", "x + 0", Labels{{"n", "all"}})};
  RecordBench bench(config);
  bench.bodies["app"] = "x{n=\"1\"} 1\nx{n=\"2\"} 2\n";
  bench.run(1min);
  CHECK(bench.series_of("x:any").empty());
  CHECK(bench.status_of(0).last_error.find("n=\"all\"") != std::string::npos);
  CHECK(bench.engine().counters().evaluation_errors > 0);
}

TEST_CASE("records: their series count within the store's limits, and never take a target's") {
  auto config = usual_config();
  config.limits.store.series = 8;  // three of the target's own, three x
  config.records = {record("x:twice", "x * 2"), record("x", "y")};
  RecordBench bench(config);
  bench.bodies["app"] = "x{n=\"1\"} 1\nx{n=\"2\"} 2\nx{n=\"3\"} 3\n";
  bench.run(1min);
  CHECK(bench.series_of("x:twice").size() == 2);
  CHECK(bench.status_of(0).refused == 1);
  CHECK(bench.engine().store().series_count() == 8);
  CHECK(bench.engine().counters().samples_refused > 0);

  auto clash = usual_config();
  clash.records = {record("x", "y * 7")};
  RecordBench second(clash);
  second.bodies["app"] = "x 1\ny 2\n";
  second.run(1min);
  CHECK(second.series_of("x").size() == 1);
  CHECK(second.status_of(0).refused == 1);
  CHECK(second.series_of("x").front().ends_with(" 1"));
}

TEST_CASE("records: a rule waits for the range of the record that it reads") {
  auto config = usual_config();
  config.records = {record("x:mean", "avg_over_time(x[4m])")};
  config.rules.push_back(gauge_rule("High", "x:mean", 10));
  RecordBench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  CHECK(bench.engine().alerts().empty());
  CHECK(bench.engine().status(bench.now()).rules.at(0).reason == AlertReason::warming_up);
  bench.run(1min);
  REQUIRE(bench.alert() != nullptr);
  CHECK(bench.alert()->state == AlertState::firing);
}

TEST_CASE("records: a reload adds, removes and changes them; the others go on") {
  auto config = usual_config();
  config.records = {record("x:kept", "x + 0"), record("x:gone", "x"), record("x:other", "x * 2")};
  config.rules.push_back(gauge_rule("High", "x:other", 100));
  config.rules.back().hold = rule::HoldFor{10min};
  RecordBench bench(config);
  bench.bodies["app"] = "x 60\n";
  bench.run(5min);
  REQUIRE(bench.alert() != nullptr);
  CHECK(bench.alert()->state == AlertState::pending);
  config.records = {record("x:new", "x * 3"), record("x:kept", "x + 0"),
                    record("x:other", "x * 4")};
  bench.reload(config);
  CHECK(bench.series_of("x:gone").empty());
  // What its record means has changed: what was pending for the old meaning is not any more.
  CHECK(bench.engine().alerts().empty());
  bench.run(1min);
  CHECK(bench.series_of("count_over_time(x:kept[10m])").front().ends_with(" 7"));
  CHECK(bench.series_of("x:new").front().ends_with(" 180"));
  CHECK(bench.series_of("x:other").front().ends_with(" 240"));
  REQUIRE(bench.alert() != nullptr);
  CHECK(bench.alert()->state == AlertState::pending);
  // Another record's change is none of it.
  const auto since = bench.alert()->since;
  config.records[0] = record("x:new", "x * 5");
  bench.reload(config);
  REQUIRE(bench.alert() != nullptr);
  CHECK(bench.alert()->since.boot == since.boot);
}

TEST_CASE("records: a target that a reload removed takes its values with it") {
  auto config = usual_config();
  config.targets.push_back(another_target("other"));
  config.targets.back().every = 5min;
  config.records = {record("x:each", "x + 0")};
  RecordBench bench(config);
  bench.bodies["other"] = "x 9\n";
  bench.run(6min);
  CHECK(bench.series_of("x:each").size() == 2);
  config.targets.pop_back();
  bench.reload(config);
  bench.run(1min);
  CHECK(bench.series_of("x:each").size() == 1);
}

TEST_CASE("records: one with an interval of its own has one value in each") {
  auto config = usual_config();
  config.records = {record("x:slow", "x + 0")};
  config.records[0].every = 5min;
  RecordBench bench(config);
  bench.run(20min);
  const auto count = bench.series_of("count_over_time(x:slow[10m])");
  REQUIRE(count.size() == 1);
  CHECK(count.front().ends_with(" 2"));
  // Between its ticks its value is still there.
  bench.run(4min);
  CHECK(bench.series_of("x:slow").size() == 1);
}

TEST_CASE("records: of targets that share a tick, not each costs an evaluation") {
  auto config = usual_config();
  for (int i = 0; i < 9; ++i) config.targets.push_back(another_target("t" + std::to_string(i)));
  config.records = {record("x:sum", "sum(x)")};
  RecordBench bench(config);
  for (const auto& target : config.targets) bench.bodies[target.name] = "x 1\n";
  bench.run(5min);
  const auto before = bench.engine().counters().evaluations;
  bench.run(10min);
  CHECK(bench.engine().counters().evaluations - before == 10);
  CHECK(bench.series_of("x:sum") == Lines{"x:sum 10"});
}

TEST_CASE("records: explain shows what a record is made of below what reads it") {
  auto config = usual_config();
  config.records = {record("x:twice", "x * 2"), record("x:four", "x:twice + x:twice")};
  config.rules.push_back(gauge_rule("High", "max_over_time(x:four[5m]) + x", 10));
  RecordBench bench(config);
  bench.bodies["app"] = "x 3\n";
  bench.run(1min);
  Lines shape;
  for (const auto& part : bench.engine().dissect("High", bench.now())) {
    shape.push_back(std::to_string(part.depth) + " " +
                    (part.record.empty() ? "" : part.record + " = ") + part.text);
  }
  CHECK(shape == Lines{"0 max_over_time(x:four[5m]) + x", "1 max_over_time(x:four[5m])",
                       "2 x:four[5m]", "3 x:four = x:twice + x:twice", "4 x:twice",
                       "5 x:twice = x * 2", "6 x", "4 x:twice", "5 x:twice = x * 2", "6 x", "1 x"});
}
