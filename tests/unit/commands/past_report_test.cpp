// Risk: a report that counts what rang nobody, or lets a name break out of its cell.
#include "commands/past_report.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "support/zone_file.hpp"
#include "tocsin/base/columns.hpp"

using namespace tocsin;
using namespace tocsin::commands;
using namespace std::chrono_literals;

namespace {

WallTime at(const char* text) {
  return parse_rfc3339(text).value();
}

PastIncident paged(const std::string& group, const char* opened, Duration lasted,
                   std::optional<Duration> acknowledged, std::size_t rings, bool wakes) {
  PastIncident one;
  one.group = group;
  one.opened = at(opened);
  one.closed = one.opened + lasted;
  if (acknowledged) one.acknowledged = one.opened + *acknowledged;
  one.level = static_cast<int>(rings);
  for (std::size_t i = 0; i < rings; ++i) one.rings.push_back(one.opened + i * 5min);
  if (wakes) one.wakes = one.rings;
  return one;
}

PastReport reported(const std::vector<PastIncident>& incidents) {
  return past_report(incidents, at("2026-11-01T12:00:00Z"), at("2026-11-08T12:00:00Z"), {});
}

}  // namespace

TEST_CASE("report: pages, rings, wakes and how long people took") {
  std::vector<PastIncident> all;
  for (int i = 1; i <= 10; ++i)
    all.push_back(paged("High", "2026-11-03T09:30:00Z", i * 10min, i * 1min, 1, false));
  all.push_back(paged("Night", "2026-11-04T23:30:00Z", 1h, std::nullopt, 3, true));
  all.push_back(paged("Night", "2026-11-05T02:00:00Z", 1h, 4min, 1, true));
  all.push_back(paged("Day", "2026-11-05T14:00:00Z", 1h, std::nullopt, 1, true));
  PastIncident silenced = paged("Silenced", "2026-11-05T14:00:00Z", 1h, std::nullopt, 0, false);
  PastIncident drill = paged("Drill", "2026-11-05T02:00:00Z", 1h, std::nullopt, 2, true);
  drill.drill = true;
  PastIncident member = silenced;
  member.within_storm = true;
  PastIncident open = paged("Day", "2026-11-08T11:00:00Z", 1h, std::nullopt, 1, false);
  open.closed.reset();
  all.insert(all.end(), {silenced, drill, member, open});
  const PastReport report = reported(all);
  CHECK(report.counts.pages == 14);
  CHECK(report.untold == 1);
  CHECK(report.drills == 1);
  CHECK(report.open == 1);
  CHECK(report.counts.rings == 16);
  CHECK(report.counts.wakes == 5);
  CHECK(report.counts.acknowledged == 11);
  CHECK(report.hours.at(9) == 10);
  CHECK(report.hours.at(23) == 1);
  CHECK(report.wake_hours.at(23) == 3);
  CHECK(report.nights == 7);
  // Half past eleven and two o'clock are one night.
  CHECK(report.disturbed == std::vector<std::string>{"2026-11-04"});
  CHECK(report.counts.to_acknowledge.count == 11);
  CHECK(report.counts.to_acknowledge.median == 5min);
  CHECK(report.counts.to_acknowledge.ninth == 9min);
  CHECK(report.counts.to_resolve.count == 13);
  CHECK(report.counts.to_resolve.median == 1h);
  REQUIRE(report.groups.size() == 3);
  CHECK(report.groups[0].group == "Night");
  CHECK(report.groups[0].counts.wakes == 4);
  CHECK(report.groups[0].level == 3);
  CHECK(report.groups[1].group == "Day");
  CHECK(report.groups[2].counts.to_resolve.ninth == 90min);
}

TEST_CASE("report: hours and nights are those of the zone's clocks") {
  const std::vector<PastIncident> evening{
      paged("High", "2026-11-04T21:30:00Z", 1h, std::nullopt, 1, true)};
  CHECK(reported(evening).disturbed.empty());
  const PastReport berlin =
      past_report(evening, at("2026-11-01T12:00:00Z"), at("2026-11-08T12:00:00Z"),
                  testing::zone("CET-1CEST,M3.5.0,M10.5.0/3"));
  CHECK(berlin.hours.at(22) == 1);
  CHECK(berlin.disturbed == std::vector<std::string>{"2026-11-04"});
}

TEST_CASE("report: a quiet span is told as such") {
  const PastReport report = reported({});
  const std::string text = markdown(report, "web-1");
  CHECK(text.find("Nobody was paged.") != std::string::npos);
  CHECK(text.find("| Time to acknowledge | – |") != std::string::npos);
}

TEST_CASE("report: on a terminal the rules stand in columns that fit it") {
  const std::string name(60, 'x');
  const PastReport report = reported({paged(name, "2026-11-03T09:30:00Z", 100min, 11min, 1, true)});
  const std::string shown = markdown(report, "web-1", 80);
  CHECK(shown.find("| Rule |") == std::string::npos);
  const std::size_t from = shown.find("RULE ");
  REQUIRE(from != std::string::npos);
  const std::string head = shown.substr(from, shown.find('\n', from) - from);
  const std::string row =
      shown.substr(from + head.size() + 1, shown.find("```", from) - from - head.size() - 2);
  CHECK(row.starts_with("xxxxxxxxx"));
  CHECK(row.find("… ") != std::string::npos);
  CHECK_MESSAGE(tocsin::width_of(head) <= 80, head);
  CHECK_MESSAGE(tocsin::width_of(row) <= 80, row);
  CHECK(markdown(report, "web-1").find("| `" + name + "` |") != std::string::npos);
}

TEST_CASE("report: nothing in a name is Markdown") {
  const std::string evil =
      "a | b ` c\n# d [e](http://evil.example) <script> @everyone ![x](y) \x1b[31m \xff";
  const std::string text =
      markdown(reported({paged(evil, "2026-11-03T09:30:00Z", 1h, 1min, 1, true)}), evil);
  CHECK(text.find("\n# d") == std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  // It stands in a code span that it cannot end, in one cell.
  const std::size_t row = text.find("| `a ");
  REQUIRE(row != std::string::npos);
  const std::string line = text.substr(row, text.find('\n', row) - row);
  CHECK(line.starts_with("| `a \\| b ' c"));
  CHECK(std::count(line.begin(), line.end(), '`') == 2);
  CHECK(line.find("` | 1 | 1 | 1 |") != std::string::npos);
}

TEST_CASE("report: what the daemon answers is read") {
  const auto answer = boost::json::parse(R"({"host":"web-1","complete":true,"incidents":[
      {"id":3,"group":"High","policy":"p","worst_severity":"critical","level":2,
       "opened":"2026-11-03T09:30:00Z","closed":null,"drill":false,"within_storm":false,
       "first_acknowledged":"2026-11-03T09:33:00Z",
       "rings":[{"at":"2026-11-03T09:30:00Z","receiver":"chat","wakes":false},
                {"at":"2026-11-03T09:35:00Z","receiver":"on-call","wakes":true}]}]})");
  const auto incidents = past_incidents(answer);
  REQUIRE(incidents);
  REQUIRE(incidents->size() == 1);
  const PastIncident& one = incidents->front();
  CHECK(one.id == 3);
  CHECK_FALSE(one.closed);
  CHECK(*one.acknowledged - one.opened == 3min);
  CHECK(one.rings.size() == 2);
  CHECK(one.wakes == std::vector<WallTime>{at("2026-11-03T09:35:00Z")});
  CHECK_FALSE(past_incidents(boost::json::parse(R"({"incidents":[{"id":3}]})")));
}
