// Risks: pages counted that nobody got, or at another hour; two versions that are said to agree.
#include "tocsin/backtest/report.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace tocsin::backtest;
using namespace std::chrono_literals;

namespace {

const WallTime kDay{std::chrono::hours(24 * 20'000)};

Episode episode(std::string rule, Duration from, Duration to, bool paged = true) {
  Episode made;
  made.rules.insert(std::move(rule));
  made.opened = kDay + from;
  made.closed = kDay + to;
  if (paged) made.rings.push_back({kDay + from, "chat", 1, false, NoticeKind::opened});
  return made;
}

Outcome outcome(std::vector<std::string> rules, std::vector<Episode> episodes) {
  Outcome made;
  made.from = kDay;
  made.to = kDay + 24h;
  made.episodes = std::move(episodes);
  for (std::string& rule : rules) made.rules.push_back({std::move(rule), true, ""});
  return made;
}

}  // namespace

TEST_CASE("report: pages, whom they reached and at which hour; the noisiest rule first") {
  auto past = outcome({"A", "B"}, {episode("A", 1h, 2h), episode("B", 3h, 3h + 10min),
                                   episode("B", 5h, 7h), episode("B", 8h, 9h, false)});
  past.episodes[2].rings.push_back({kDay + 5h + 5min, "pager", 2, true, NoticeKind::opened});
  past.episodes[2].closed.reset();
  past.firings = {{"B", Labels{{"i", "1"}}, kDay + 3h, kDay + 5h},
                  {"B", Labels{{"i", "2"}}, kDay + 4h, kDay + 6h}};
  const auto rules = report(past, TimeZone());
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].rule == "B");
  CHECK(rules[0].pages == 2);
  CHECK(rules[0].untold == 1);
  CHECK(rules[0].rings == 3);
  CHECK(rules[0].wakes == 1);
  CHECK(rules[0].level == 2);
  CHECK(rules[0].whom == std::map<std::string, std::size_t>{{"chat", 2}, {"pager", 1}});
  CHECK(rules[0].hours[3] == 1);
  CHECK(rules[0].hours[5] == 1);
  CHECK(rules[0].hours[8] == 0);
  CHECK(rules[0].firing == 3h);
  CHECK(rules[0].longest == 19h);
  CHECK(rules[0].open_at_end);
  CHECK(rules[1].pages == 1);
}

TEST_CASE("comparison: what overlaps was caught by both, whatever is left by one") {
  const auto one =
      outcome({"A"}, {episode("A", 1h, 2h), episode("A", 4h, 5h), episode("A", 8h, 9h)});
  const auto other = outcome({"A"}, {episode("A", 1h + 10min, 2h), episode("A", 6h, 7h),
                                     episode("A", 8h + 10min, 8h + 20min, false)});
  const auto all = compare(one, other);
  REQUIRE(all.size() == 1);
  CHECK(all[0].both == 1);
  CHECK(all[0].only_one == 2);
  CHECK(all[0].only_other == 1);
  CHECK(all[0].sooner == 10min);
  REQUIRE(all[0].pairs.size() == 4);
  CHECK(all[0].pairs[1].other == nullptr);
  CHECK(all[0].pairs[2].one == nullptr);
}

TEST_CASE("comparison: rules are paired by name, or as the only ones of their versions") {
  const auto renamed = compare(outcome({"Old"}, {episode("Old", 1h, 2h)}),
                               outcome({"New"}, {episode("New", 1h, 2h)}));
  REQUIRE(renamed.size() == 1);
  CHECK(renamed[0].both == 1);
  const auto several = compare(outcome({"A", "B"}, {episode("A", 1h, 2h)}),
                               outcome({"A", "C"}, {episode("C", 1h, 2h)}));
  REQUIRE(several.size() == 3);
  CHECK(several[0].only_one == 1);
  CHECK(!several[1].there);
  CHECK(!several[2].here);
  CHECK(several[2].only_other == 1);
}
