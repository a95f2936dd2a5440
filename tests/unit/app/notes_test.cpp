// Risk: a reload that cries wolf over every rule of a target that is yet to come, so that nobody
// reads of the slip.
#include "app/notes.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::app;

namespace {

std::vector<NewExpression> asking(std::initializer_list<std::string_view> expressions) {
  std::vector<NewExpression> all;
  for (const std::string_view each : expressions) {
    auto parsed = expr::Expression::parse(each);
    REQUIRE(parsed.has_value());
    all.push_back({"rule A", *std::move(parsed)});
  }
  return all;
}

struct MillBench : tocsin::testing::Bench {
  MillBench() : Bench(tocsin::testing::usual_config()) {
    bodies["app"] = "mill_queue_seconds 3\n";
    run(std::chrono::minutes(2));
  }
};

using Notes = std::vector<std::string>;
const std::string kSlip =
    "rule A: no series is called `mill_queue_secnds`: did you mean `mill_queue_seconds`?";

}  // namespace

TEST_CASE("notes: a reload tells slips, and what no target has") {
  MillBench bench;
  const auto asked = asking({"mill_queue_secnds", "kiln_celsius", "mill_queue_seconds"});
  CHECK(notes_on(asked, {}, false, bench.engine()) ==
        Notes{kSlip, "rule A: no series is called `kiln_celsius`"});
}

TEST_CASE("notes: what a target is yet to bring is no slip") {
  MillBench bench;
  const auto asked = asking({"mill_queue_secnds", "kiln_celsius"});
  CHECK(notes_on(asked, {}, true, bench.engine()) == Notes{kSlip});
}

TEST_CASE("notes: a target that does not answer may yet bring it") {
  auto config = tocsin::testing::usual_config();
  tocsin::testing::Bench bench(config);
  CHECK(notes_on(asking({"kiln_celsius"}), {}, false, bench.engine()).empty());
}

TEST_CASE("notes: what tocsin's own sources give now and then is no slip") {
  MillBench bench;
  CHECK(notes_on(asking({"node_md_disks", "node_load1"}), {}, false, bench.engine()).empty());
}

TEST_CASE("notes: the command line is answered what a reload would say") {
  MillBench bench;
  std::vector<rule::Record> records;
  records.push_back({"mill:max", asking({"max(mill_queue_secnds)"})[0].expression, {}, {}});
  const auto asked = asked_notes(asking({"mill:max", "kiln_celsius"}), records, true);
  const auto answered = answered_notes(asked, bench.engine());
  REQUIRE(answered.has_value());
  CHECK(*answered == Notes{kSlip});
}

TEST_CASE("notes: a malformed question is refused") {
  MillBench bench;
  for (const char* const body :
       {R"({})", R"({"expressions": 1, "records": []})", R"({"expressions": []})",
        R"({"expressions": [{"of": "A"}], "records": []})",
        R"({"expressions": [{"of": "A", "expr": "("}], "records": []})",
        R"({"expressions": [], "records": [1]})"}) {
    CAPTURE(body);
    CHECK_FALSE(answered_notes(boost::json::parse(body).as_object(), bench.engine()).has_value());
  }
}

TEST_CASE("notes: new are rules and records that come, and those whose expression changes") {
  using config::Change;
  config::Difference changes;
  const auto change = [&changes](Change::What what, std::string kind, std::string name,
                                 std::vector<config::Detail> details) {
    changes.changes.push_back({what, std::move(kind), std::move(name), std::move(details)});
  };
  change(Change::What::added, "rule", "Comes", {});
  change(Change::What::changed, "rule", "Reads", {{"above", "1", "2"}, {"expr", "x", "y"}});
  change(Change::What::changed, "rule", "Limits", {{"above", "1", "2"}});
  change(Change::What::removed, "rule", "Goes", {});
  CHECK_FALSE(adds_target(changes));
  change(Change::What::added, "target", "Comes", {});
  CHECK(adds_target(changes));
  config::EngineConfig next;
  for (const char* const name : {"Comes", "Reads", "Limits"})
    next.rules.push_back(tocsin::testing::gauge_rule(name, "y", 1));
  std::vector<std::string> found;
  for (const NewExpression& each : new_expressions(changes, next)) found.push_back(each.of);
  CHECK(found == std::vector<std::string>{"rule Comes", "rule Reads"});
}
