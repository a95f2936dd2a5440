// Risk: a wrong number; a value whose sources nobody knows; an evaluation without end. What PromQL
// means in general is the conformance scripts' part; here are the cases that are tocsin's own.
#include "tocsin/expr/evaluate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tocsin/base/quantity.hpp"
#include "tocsin/expr/evaluate_range.hpp"

using namespace tocsin;
using namespace tocsin::expr;
using series::Feed;
using series::FeedSets;
using series::Store;

namespace {

constexpr TargetId kApp{1};
constexpr TargetId kDb{2};
constexpr TargetId kSlow{3};

BootTime at(int s) {
  return BootTime(seconds(s));
}

struct World {
  Store store;
  FeedSets feeds;
  Duration wall_minus_boot{};

  World() {
    store.keep_for(hours(24));
    store.set_target(kApp, {.labels = {{"job", "app"}}});
    store.set_target(kDb, {.labels = {{"job", "db"}}});
  }
  void scrape(TargetId target, int s, const std::string& body) {
    const auto got = store.ingest(target, at(s), body, ExpositionFormat::text);
    REQUIRE_FALSE(got.error.has_value());
  }
  Result<Evaluated> raw(const std::string& text, int s, const Limits& limits = {}) {
    const auto expression = Expression::parse(text);
    REQUIRE_MESSAGE(expression.has_value(), expression.error().message);
    Moment moment;
    moment.at = at(s);
    moment.wall_minus_boot = wall_minus_boot;
    return evaluate(*expression, store, feeds, moment, limits);
  }
  /// One line for each element: labels, value, and the targets that made it.
  std::vector<std::string> at_time(const std::string& text, int s) {
    const auto result = raw(text, s);
    if (!result) return {"error: " + result.error().text};
    std::vector<std::string> lines;
    if (const auto* scalar = std::get_if<double>(&result->value)) return {format_number(*scalar)};
    for (const Element& element : std::get<Vector>(result->value)) {
      lines.push_back(element.labels.to_string() + " " + format_number(element.value) + " " +
                      shown(element.feeds));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  std::string touched(const std::string& text, int s) { return shown(raw(text, s)->touched); }
  std::string shown(series::FeedSet set) const {
    std::string text = "<";
    for (const Feed& feed : feeds.members(set)) {
      text += std::to_string(feed.target.value) + (feed.own ? "o" : "");
    }
    return text + ">";
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("provenance: each element knows the targets whose series made it") {
  World w;
  w.scrape(kApp, 60, "m{x=\"1\"} 1\nm{x=\"2\"} 2\nn{x=\"1\"} 5\n");
  w.scrape(kDb, 60, "m{x=\"1\"} 10\n");
  w.store.append_own(kApp, at(60), "up", 1);
  CHECK(w.at_time("m{x=\"1\"}", 60) ==
        Lines{"m{job=\"app\",x=\"1\"} 1 <1>", "m{job=\"db\",x=\"1\"} 10 <2>"});
  CHECK(w.at_time("sum by (x) (m)", 60) == Lines{"{x=\"1\"} 11 <12>", "{x=\"2\"} 2 <1>"});
  CHECK(w.at_time("n + on(x) m{job=\"db\"}", 60) == Lines{"{x=\"1\"} 15 <12>"});
  CHECK(w.at_time("n > on(x) m{job=\"app\"}", 60) == Lines{"{x=\"1\"} 5 <1>"});
  CHECK(w.at_time("n * scalar(m{job=\"db\"})", 60) == Lines{"{job=\"app\",x=\"1\"} 50 <12>"});
  CHECK(w.at_time("n and on(x) m{job=\"db\"}", 60) == Lines{"n{job=\"app\",x=\"1\"} 5 <12>"});
  CHECK(w.at_time("n or on(x) m{x=\"2\"}", 60) ==
        Lines{"m{job=\"app\",x=\"2\"} 2 <1>", "n{job=\"app\",x=\"1\"} 5 <1>"});
  CHECK(w.at_time("up", 60) == Lines{"up{job=\"app\"} 1 <1o>"});
  CHECK(w.at_time("n * on(job) group_left up", 60) == Lines{"{job=\"app\",x=\"1\"} 5 <11o>"});
  CHECK(w.at_time("vector(scalar(m{job=\"db\"}))", 60) == Lines{"{} 10 <2>"});
  CHECK(w.at_time("topk(1, m)", 60) == Lines{"m{job=\"db\",x=\"1\"} 10 <2>"});
  CHECK(w.at_time("max_over_time(sum by (x) (m)[2m:1m])", 60) ==
        Lines{"{x=\"1\"} 11 <12>", "{x=\"2\"} 2 <1>"});
  CHECK(w.at_time("vector(1)", 60) == Lines{"{} 1 <>"});
}

TEST_CASE("provenance: a subquery's value hangs on the sources of all of its steps") {
  World w;
  w.scrape(kDb, 60, "m 1\n");
  w.store.mark_stale(kDb, at(120));
  w.scrape(kApp, 120, "m 2\n");
  CHECK(w.at_time("sum(m)", 120) == Lines{"{} 2 <1>"});
  CHECK(w.at_time("max_over_time(sum(m)[2m:1m])", 120) == Lines{"{} 2 <12>"});
}

TEST_CASE("provenance: what the selectors matched is known also where nothing came of it") {
  World w;
  w.scrape(kApp, 60, "m 1\n");
  w.scrape(kDb, 60, "m 2\nn 3\n");
  CHECK(w.touched("m > 100", 60) == "<12>");
  CHECK(w.touched("sum(m{job=\"app\"}) + sum(n)", 60) == "<12>");
  CHECK(w.touched("rate(m{job=\"app\"}[1m])", 60) == "<1>");
  CHECK(w.touched("nothing", 60) == "<>");
  w.store.mark_stale(kApp, at(120));
  CHECK(w.at_time("m{job=\"app\"}", 120) == Lines{});
  CHECK(w.touched("m{job=\"app\"}", 120) == "<1>");
  CHECK(w.at_time("absent(m{job=\"app\"})", 120) == Lines{"{job=\"app\"} 1 <1>"});
  CHECK(w.at_time("absent_over_time(m{job=\"app\"}[30s])", 120) == Lines{"{job=\"app\"} 1 <1>"});
  CHECK(w.touched("absent(m{job=\"app\"}) + on() n", 120) == "<12>");
}

TEST_CASE("evaluate: a failed scrape ends a series at once, and the next one brings it back") {
  World w;
  w.scrape(kApp, 60, "m 1\n");
  CHECK(w.at_time("m", 359).size() == 1);
  CHECK(w.at_time("m", 360) == Lines{});
  w.store.mark_stale(kApp, at(120));
  CHECK(w.at_time("m", 119).size() == 1);
  CHECK(w.at_time("m", 120) == Lines{});
  w.scrape(kApp, 180, "m 3\n");
  CHECK(w.at_time("m", 180) == Lines{"m{job=\"app\"} 3 <1>"});
}

TEST_CASE("evaluate: a selector looks as far back as its target's interval needs") {
  World w;
  w.store.set_target(kSlow, {.labels = {{"job", "slow"}}, .lookback = minutes(121)});
  w.scrape(kSlow, 60, "m 1\n");
  w.scrape(kApp, 60, "m 2\n");
  CHECK(w.at_time("m", 60 + 3600) == Lines{"m{job=\"slow\"} 1 <3>"});
  Moment moment;
  moment.at = at(60 + 3600);
  moment.lookback = minutes(5);
  const auto expression = Expression::parse("m").value();
  const auto fixed = evaluate(expression, w.store, w.feeds, moment).value();
  CHECK(std::get<Vector>(fixed.value).empty());
}

TEST_CASE("evaluate: a range of two intervals holds two samples, never three") {
  World w;
  for (int s = 60; s <= 600; s += 60) w.scrape(kApp, s, "c " + std::to_string(s) + "\n");
  CHECK(w.at_time("count_over_time(c[2m])", 600) == Lines{"{job=\"app\"} 2 <1>"});
  CHECK(w.at_time("rate(c[2m])", 600) == Lines{"{job=\"app\"} 1 <1>"});
}

TEST_CASE("evaluate: rates know counter resets, and need two samples") {
  World w;
  w.scrape(kApp, 60, "c 100\n");
  CHECK(w.at_time("rate(c[5m])", 60) == Lines{});
  w.scrape(kApp, 120, "c 160\n");
  w.scrape(kApp, 180, "c 30\n");
  CHECK(w.at_time("resets(c[5m])", 180) == Lines{"{job=\"app\"} 1 <1>"});
  CHECK(w.at_time("irate(c[5m])", 180) == Lines{"{job=\"app\"} 0.5 <1>"});
  CHECK(w.at_time("increase(c[2m])", 180) == Lines{"{job=\"app\"} 60 <1>"});
}

TEST_CASE("evaluate: a rate does not reach back to before the counter was zero") {
  World w;
  w.scrape(kApp, 90, "c 2\ng 2\n");
  w.scrape(kApp, 150, "c 62\ng 62\n");
  // It was zero two seconds before its first sample: 62 since then, and half an interval ahead.
  CHECK(w.at_time("increase(c[2m])", 180) == Lines{"{job=\"app\"} 92 <1>"});
  CHECK(w.at_time("delta(g[2m])", 180) == Lines{"{job=\"app\"} 120 <1>"});
}

TEST_CASE("evaluate: the calendar hangs on the wall clock, ranges and steps on the store's") {
  World w;
  w.scrape(kApp, 60, "m 1\n");
  w.scrape(kApp, 120, "m 2\n");
  w.wall_minus_boot = seconds(1'700'000'000);
  CHECK(w.at_time("time()", 120) == Lines{"1700000120"});
  CHECK(w.at_time("timestamp(m)", 150) == Lines{"{job=\"app\"} 1700000120 <1>"});
  CHECK(w.at_time("timestamp(m + 0)", 150) == Lines{"{job=\"app\"} 1700000150 <1>"});
  CHECK(w.at_time("m @ 1700000060", 120) == Lines{"m{job=\"app\"} 1 <1>"});
  CHECK(w.at_time("m @ 1700000120 offset 1m", 500) == Lines{"m{job=\"app\"} 1 <1>"});
  CHECK(w.at_time("year()", 120) == Lines{"{} 2023 <>"});
  // The calendar is set while it runs: neither the samples nor the steps move.
  const Lines before = w.at_time("sum_over_time(m[2m:1m])", 130);
  w.wall_minus_boot += seconds(37);
  CHECK(w.at_time("sum_over_time(m[2m:1m])", 130) == before);
  CHECK(before == Lines{"{job=\"app\"} 3 <1>"});
}

TEST_CASE("evaluate: histogram_quantile over what a scrape brings") {
  World w;
  const auto body = [](int n) {
    return "h_bucket{le=\"0.1\"} " + std::to_string(n) + "\nh_bucket{le=\"0.5\"} " +
           std::to_string(3 * n) + "\nh_bucket{le=\"+Inf\"} " + std::to_string(4 * n) + "\n";
  };
  w.scrape(kApp, 60, body(0));
  w.scrape(kApp, 120, body(10));
  const auto value = w.raw("histogram_quantile(0.5, sum by (le) (rate(h_bucket[2m])))", 120);
  REQUIRE(value.has_value());
  CHECK(std::get<Vector>(value->value).at(0).value == doctest::Approx(0.3));
  CHECK(w.at_time("histogram_quantile(0.99, h_bucket)", 120) == Lines{"{job=\"app\"} 0.5 <1>"});
  w.scrape(kApp, 180, "h_bucket{le=\"0.1\"} 1\nh_bucket{le=\"what\"} 3\n");
  CHECK(w.at_time("histogram_quantile(0.5, h_bucket)", 180) == Lines{"{job=\"app\"} NaN <1>"});
}

TEST_CASE("evaluate: two metrics that would become one are an error, each by itself is not") {
  World w;
  w.scrape(kApp, 60, "m 1\nn 2\n");
  CHECK(w.at_time("{__name__=~\"m|n\"} * 2", 60) ==
        Lines{"error: two series have the same labels {job=\"app\"} here"});
  CHECK(w.at_time("{__name__=~\"m|n\"} > 1", 60) == Lines{"n{job=\"app\"} 2 <1>"});
  CHECK(w.at_time("rate({__name__=~\"m|n\"}[5m])", 60) == Lines{});
  CHECK(w.at_time("abs(m or on(none) n)", 60) == Lines{"{job=\"app\"} 1 <1>"});
  CHECK(w.at_time("abs({__name__=\"m\"} or {__name__=\"n\",job!=\"\"})", 60) ==
        Lines{"{job=\"app\"} 1 <1>"});
  CHECK(w.at_time("histogram_quantile(1, label_replace({__name__=~\"m|n\"}, \"le\", \"+Inf\", "
                  "\"\", \"\"))",
                  60)
            .at(0)
            .substr(0, 6) == "error:");
  CHECK(w.at_time("m + on(__name__) m", 60) == Lines{"{} 2 <1>"});
  CHECK(w.at_time("{__name__=~\"m|n\"} + on(__name__) {__name__=~\"m|n\"}", 60) ==
        Lines{"error: two series have the same labels {} here: the grouping labels must tell the "
              "matches apart"});
}

TEST_CASE("evaluate: a match that is not clear names the series") {
  World w;
  w.scrape(kApp, 60, "m{x=\"1\"} 1\nm{x=\"2\"} 2\nn 5\n");
  CHECK(w.at_time("n * on(job) m", 60) ==
        Lines{"error: several series on the right side match the same labels: "
              "m{job=\"app\",x=\"1\"} and m{job=\"app\",x=\"2\"}"});
  CHECK(w.at_time("m * on(job) n", 60) ==
        Lines{"error: several series on the left side match n{job=\"app\"}: many-to-one matching "
              "is written group_left or group_right"});
  CHECK(w.at_time("m * on(job) group_left n", 60) ==
        Lines{"{job=\"app\",x=\"1\"} 5 <1>", "{job=\"app\",x=\"2\"} 10 <1>"});
}

TEST_CASE("evaluate: a name that group_left takes over stays, but not with bool") {
  World w;
  w.scrape(kApp, 60, "m{x=\"1\"} 1\nn 5\n");
  CHECK(w.at_time("m + on(job) group_left(__name__) n", 60) ==
        Lines{"n{job=\"app\",x=\"1\"} 6 <1>"});
  CHECK(w.at_time("m < on(job) group_left(__name__) n", 60) ==
        Lines{"n{job=\"app\",x=\"1\"} 1 <1>"});
  CHECK(w.at_time("m < bool on(job) group_left(__name__) n", 60) ==
        Lines{"{job=\"app\",x=\"1\"} 1 <1>"});
}

TEST_CASE("evaluate: absent() shows the labels that one equality names, the first of them") {
  World w;
  CHECK(w.at_time("absent(m{a=\"1\",b=~\"x\",c!=\"y\"})", 60) == Lines{"{a=\"1\"} 1 <>"});
  CHECK(w.at_time("absent(m{a=\"1\",a=\"1\"})", 60) == Lines{"{} 1 <>"});
  CHECK(w.at_time("absent(m{a=\"1\",a!=\"2\"})", 60) == Lines{"{} 1 <>"});
  CHECK(w.at_time("absent(m{a!=\"2\",a=\"1\"})", 60) == Lines{"{a=\"1\"} 1 <>"});
}

TEST_CASE("evaluate: behind a sign timestamp() has no samples to look at, only a value") {
  World w;
  w.scrape(kApp, 60, "m 1\n");
  CHECK(w.at_time("timestamp((m))", 70) == Lines{"{job=\"app\"} 60 <1>"});
  CHECK(w.at_time("timestamp(+m)", 70) == Lines{"{job=\"app\"} 70 <1>"});
  CHECK(w.at_time("+m", 70) == Lines{"m{job=\"app\"} 1 <1>"});
}

TEST_CASE("evaluate: NaN as a limit of clamp does not outdo infinity") {
  World w;
  w.scrape(kApp, 60, "m -Inf\nn +Inf\no 1\n");
  CHECK(w.at_time("clamp(m, -10, NaN)", 60) == Lines{"{job=\"app\"} -10 <1>"});
  CHECK(w.at_time("clamp_min(n, NaN)", 60) == Lines{"{job=\"app\"} +Inf <1>"});
  CHECK(w.at_time("clamp_max(n, NaN)", 60) == Lines{"{job=\"app\"} NaN <1>"});
  CHECK(w.at_time("clamp(o, NaN, 3)", 60) == Lines{"{job=\"app\"} NaN <1>"});
}

TEST_CASE("evaluate: clamp between limits that exclude each other is nothing, whatever the names") {
  World w;
  w.scrape(kApp, 60, "m 1\nn 2\n");
  const std::string alike = "{__name__=~\"m|n\"}";
  CHECK(w.at_time("clamp(" + alike + ", 5, 2)", 60).empty());
  CHECK(w.at_time("clamp(" + alike + ", 2, 5)", 60).front().starts_with("error: "));
}

TEST_CASE("evaluate: a range vector is a value of its own") {
  World w;
  for (int s = 60; s <= 180; s += 60) {
    w.scrape(kApp, s, "m{x=\"1\"} " + std::to_string(s) + "\n");
  }
  const auto samples = w.raw("(m[2m])", 180);
  REQUIRE(samples.has_value());
  const auto& rows = std::get<Matrix>(samples->value);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].labels.to_string() == "m{job=\"app\",x=\"1\"}");
  CHECK(rows[0].points ==
        std::vector<std::pair<BootTime, double>>{{at(120), 120.0}, {at(180), 180.0}});
  const auto steps = w.raw("(m * 2)[1m:30s]", 180);
  REQUIRE(steps.has_value());
  CHECK(std::get<Matrix>(steps->value).at(0).points ==
        std::vector<std::pair<BootTime, double>>{{at(150), 240.0}, {at(180), 360.0}});
  CHECK(std::get<Matrix>(w.raw("none[2m]", 180)->value).empty());
}

TEST_CASE("evaluate: strings and scalars are values") {
  World w;
  CHECK(std::get<std::string>(w.raw("\"a\"", 60)->value) == "a");
  CHECK(w.at_time("1 + 2 * 3", 60) == Lines{"7"});
}

TEST_CASE("evaluate: limits end what would take too long") {
  World w;
  for (int s = 60; s <= 600; s += 60) w.scrape(kApp, s, "m{x=\"1\"} 1\nm{x=\"2\"} 2\n");
  Limits few;
  few.samples = 20;
  const auto too_many = w.raw("sum_over_time(m[1h])", 600, few);
  REQUIRE_FALSE(too_many.has_value());
  CHECK(too_many.error().code == ErrorCode::exhausted);
  CHECK_FALSE(w.raw("count_over_time(vector(1)[1h:1s])", 600, few).has_value());
  CHECK_FALSE(w.raw("max_over_time(max_over_time(vector(1)[1y:1ms])[1y:1ms])", 600).has_value());
  Limits narrow;
  narrow.elements = 1;
  CHECK_FALSE(w.raw("m", 600, narrow).has_value());
  CHECK(w.raw("m{x=\"1\"}", 600, narrow).has_value());
}

TEST_CASE("evaluate: labels that double with each call end in an error, not in all memory") {
  World w;
  w.scrape(kApp, 60, "m{x=\"0123456789\"} 1\n");
  std::string text = "m";
  for (int i = 0; i < 60; ++i) text = "label_join(" + text + ", \"x\", \"\", \"x\", \"x\")";
  const auto result = w.raw(text, 60);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::exhausted);
}

TEST_CASE("evaluate: remembered selections do not outlive the series") {
  World w;
  w.scrape(kDb, 60, "m 1\n");
  CHECK(w.at_time("m", 60).size() == 1);
  w.store.remove_target(kDb);
  CHECK(w.at_time("m", 60) == Lines{});
  w.scrape(kApp, 60, "m 2\n");
  CHECK(w.at_time("m", 60) == Lines{"m{job=\"app\"} 2 <1>"});
}

TEST_CASE("evaluate_range: one series for each label set, points where there are samples") {
  World w;
  w.scrape(kApp, 60, "m{x=\"1\"} 1\n");
  w.scrape(kApp, 120, "m{x=\"1\"} 2\nm{x=\"2\"} 20\n");
  w.scrape(kApp, 180, "m{x=\"2\"} 30\n");
  Moment from;
  from.at = at(60);
  const auto course = [&](const std::string& text) {
    return evaluate_range(Expression::parse(text).value(), w.store, w.feeds, from, at(180),
                          seconds(60));
  };
  const auto all = course("m * 2").value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].labels == Labels{{"job", "app"}, {"x", "1"}});
  CHECK(all[0].points == std::vector<std::pair<BootTime, double>>{{at(60), 2}, {at(120), 4}});
  CHECK(all[1].points == std::vector<std::pair<BootTime, double>>{{at(120), 40}, {at(180), 60}});
  const auto scalar = course("time()").value();
  REQUIRE(scalar.size() == 1);
  CHECK(scalar[0].labels.empty());
  CHECK(scalar[0].points.size() == 3);
  CHECK(course("sum(m @ end())").value().at(0).points ==
        std::vector<std::pair<BootTime, double>>{{at(60), 30}, {at(120), 30}, {at(180), 30}});
  CHECK_FALSE(course("\"a\"").has_value());
}

TEST_CASE("evaluate_range: steps that make no sense or are too many are refused") {
  World w;
  const auto expression = Expression::parse("m").value();
  Moment from;
  from.at = at(60);
  CHECK_FALSE(evaluate_range(expression, w.store, w.feeds, from, at(180), Duration(0)).has_value());
  CHECK_FALSE(evaluate_range(expression, w.store, w.feeds, from, at(0), seconds(1)).has_value());
  CHECK_FALSE(
      evaluate_range(expression, w.store, w.feeds, from, at(100'000), seconds(1)).has_value());
}
