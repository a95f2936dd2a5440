// Risk: a slip in one's own metric that nobody points at, or a hint at something that was not
// meant.
#include "tocsin/engine/unmatched.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace tocsin::engine;

namespace {

using Lines = std::vector<std::string>;

expr::Expression parsed(std::string_view text) {
  auto expression = expr::Expression::parse(text);
  REQUIRE(expression.has_value());
  return *std::move(expression);
}

struct Mill {
  series::Store store;
  std::vector<rule::Record> records;

  Mill() {
    for (const std::string stage : {"sort", "press"}) {
      add({{"__name__", "mill_queue_seconds"}, {"stage", stage}, {"line", "of-" + stage}});
    }
    add({{"__name__", "mill_running"}});
  }
  void add(const Labels& labels) {
    REQUIRE(store.append(TargetId{1}, BootTime(std::chrono::minutes(1)), labels, 1));
  }
  void record(const std::string& name, std::string_view text) {
    records.push_back({.name = name, .expression = parsed(text), .labels = {}, .every = {}});
  }
  [[nodiscard]] std::vector<Unmatched> found(std::string_view text) const {
    return unmatched(parsed(text), store, records);
  }
  [[nodiscard]] Lines said(std::string_view text) const {
    Lines lines;
    for (const Unmatched& one : found(text)) lines.push_back(one.says);
    return lines;
  }
};

}  // namespace

TEST_CASE("unmatched: what finds its series is not spoken of") {
  const Mill mill;
  CHECK(mill.said(R"(max by (stage) (mill_queue_seconds{stage="sort"}) > 3)").empty());
  CHECK(mill.said(R"({stage=~"sort|grind"} or vector(1) + time())").empty());
  CHECK(mill.said("mill_running > 1000").empty());
}

TEST_CASE("unmatched: a metric that no series is of") {
  const Mill mill;
  CHECK(mill.said("mill_queue_secnds") ==
        Lines{"no series is called `mill_queue_secnds`: did you mean `mill_queue_seconds`?"});
  const auto slip = mill.found("mill_queue_secnds");
  REQUIRE(slip.size() == 1);
  CHECK(slip[0].meant == "mill_queue_seconds");
  CHECK_FALSE(slip[0].known);
  CHECK(mill.said("rate(quarry_blasts_total[5m])") ==
        Lines{"no series is called `quarry_blasts_total`"});
}

TEST_CASE("unmatched: each selector has its sentence, and each sentence is said once") {
  const Mill mill;
  CHECK(mill.said("mill_queue_secnds / far_off + mill_queue_seconds - mill_queue_secnds") ==
        Lines{"no series is called `mill_queue_secnds`: did you mean `mill_queue_seconds`?",
              "no series is called `far_off`"});
  CHECK(mill.said("max_over_time(far_off[1h:1m])") == Lines{"no series is called `far_off`"});
}

TEST_CASE("unmatched: what tocsin's own sources give may be absent, and is no slip for another") {
  Mill mill;
  mill.add({{"__name__", "node_load1"}});
  const auto found = mill.found("node_load5");
  REQUIRE(found.size() == 1);
  CHECK(found[0].says == "no series is called `node_load5`");
  CHECK(found[0].known);
  CHECK(mill.said("tcp_conect_seconds") ==
        Lines{"no series is called `tcp_conect_seconds`: did you mean `tcp_connect_seconds`?"});
}

TEST_CASE("unmatched: a label that the metric has not") {
  const Mill mill;
  CHECK(mill.said(R"(mill_queue_seconds{stge="grind"})") ==
        Lines{"`mill_queue_seconds` has no label `stge`: did you mean `stage`?"});
  CHECK(mill.said(R"(mill_queue_seconds{customer=~"a.+"})") ==
        Lines{"`mill_queue_seconds` has no label `customer`"});
  CHECK(mill.said(R"(mill_running{stage="sort"})") == Lines{"`mill_running` has no label `stage`"});
  CHECK(mill.said(R"({stge="sort"})") ==
        Lines{"no series has a label `stge`: did you mean `stage`?"});
}

TEST_CASE("unmatched: a value that no series of the metric has") {
  const Mill mill;
  CHECK(mill.said(R"(mill_queue_seconds{stage="grind"})") ==
        Lines{R"(no `mill_queue_seconds` has stage="grind")"});
  CHECK(mill.said(R"(mill_queue_seconds{stage="pres"})") ==
        Lines{R"(no `mill_queue_seconds` has stage="pres": did you mean `press`?)"});
  CHECK(mill.said(R"(mill_queue_seconds{stage=~"pres"})") ==
        Lines{R"(no `mill_queue_seconds` has stage=~"pres")"});
  CHECK(mill.said(R"(mill_queue_seconds{stage=""})") ==
        Lines{R"(no `mill_queue_seconds` has stage="")"});
  CHECK(mill.said(R"({stage="pres"})") ==
        Lines{R"(no series has stage="pres": did you mean `press`?)"});
  CHECK(mill.said(R"({__name__=~"quarry_.*"})") == Lines{R"(no series has __name__=~"quarry_.*")"});
}

TEST_CASE("unmatched: labels that are there, but not on one series") {
  const Mill mill;
  CHECK(mill.said(R"(mill_queue_seconds{stage="sort",line="of-press"})") ==
        Lines{R"(no `mill_queue_seconds` has all of stage="sort", line="of-press")"});
}

TEST_CASE("unmatched: a record that has given nothing is looked into") {
  Mill mill;
  mill.record("mill:queue:max", "max(mill_queue_secnds)");
  CHECK(mill.said("mill:queue:max > 3") ==
        Lines{"no series is called `mill_queue_secnds`: did you mean `mill_queue_seconds`?"});
  mill.record("mill:running", "mill_running");
  CHECK(mill.said("mill:running == 0").empty());
  mill.record("mill:circle", "mill:circle + mill_runing");
  CHECK(mill.said("mill:circle").size() == 1);
}

TEST_CASE("unmatched: what a target or a person wrote moves no terminal") {
  Mill mill;
  mill.add({{"__name__", "odd"}, {"text", "a\x1b[2Jbc"}});
  CHECK(mill.said("odd{text=\"a\\x1b[2Jbd\"}") ==
        Lines{R"(no `odd` has text="a\x1b[2Jbd": did you mean `a\x1b[2Jbc`?)"});
}
