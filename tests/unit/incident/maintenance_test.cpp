// Risk: a window that is in force on another day or at another hour than the one who wrote it
// meant, twice in one night, or not at all.
#include "tocsin/incident/maintenance.hpp"

#include <doctest/doctest.h>

#include "support/zone_file.hpp"

using namespace tocsin;
using namespace tocsin::incident;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

MaintenanceWindow window(std::vector<std::string> on, Duration start, Duration lasts,
                         TimeZone there = berlin()) {
  MaintenanceWindow made;
  made.name = "backup";
  for (const auto& text : on) {
    const auto rule = parse_day_rule(text);
    REQUIRE_MESSAGE(rule.has_value(), text);
    made.days.push_back(*rule);
  }
  made.on = std::move(on);
  made.start = start;
  made.lasts = lasts;
  made.zone = std::move(there);
  return made;
}

std::string shown(const std::optional<Occurrence>& occurrence) {
  if (!occurrence) return "none";
  return format_rfc3339(occurrence->begins) + " " + format_rfc3339(occurrence->ends);
}
std::string at(const MaintenanceWindow& made, std::string_view when) {
  return shown(occurrence_at(made, utc(when)));
}
std::string after(const MaintenanceWindow& made, std::string_view when) {
  return shown(occurrence_after(made, utc(when)));
}

/// The days of 2026 to 2028 on which it falls, as month and day.
std::vector<std::string> days_of(std::string_view text, int year) {
  std::vector<std::string> found;
  const std::chrono::sys_days from = std::chrono::year(year) / 1 / 1;
  for (auto day = from; day < from + std::chrono::days(366); day += std::chrono::days(1)) {
    const std::chrono::year_month_day date(day);
    if (date.year() != std::chrono::year(year)) break;
    if (falls_on(*parse_day_rule(text), date))
      found.push_back(format_rfc3339(WallTime(day.time_since_epoch())).substr(5, 5));
  }
  return found;
}

using Days = std::vector<std::string>;

}  // namespace

TEST_CASE("days: as people write them") {
  CHECK(days_of("first sunday", 2026) == Days{"01-04", "02-01", "03-01", "04-05", "05-03", "06-07",
                                              "07-05", "08-02", "09-06", "10-04", "11-01",
                                              "12-06"});
  CHECK(days_of("Last Fri", 2026) == Days{"01-30", "02-27", "03-27", "04-24", "05-29", "06-26",
                                          "07-31", "08-28", "09-25", "10-30", "11-27", "12-25"});
  CHECK(days_of("fifth monday", 2026) == Days{"03-30", "06-29", "08-31", "11-30"});
  CHECK(days_of("day 31", 2026) ==
        Days{"01-31", "03-31", "05-31", "07-31", "08-31", "10-31", "12-31"});
  CHECK(days_of("last day", 2028).at(1) == "02-29");
  CHECK(days_of("last day", 2026).at(1) == "02-28");
  CHECK(days_of("02-29", 2028) == Days{"02-29"});
  CHECK(days_of("02-29", 2026).empty());
  CHECK(days_of("2026-12-24", 2026) == Days{"12-24"});
  CHECK(days_of("2026-12-24", 2027).empty());
  CHECK(days_of("wednesday", 2026).size() == 52);
  CHECK(days_of("daily", 2028).size() == 366);
}

TEST_CASE("days: what names none is refused") {
  for (const char* text : {"", "sundays", "sixth sunday", "first day", "day 0", "day 32", "day",
                           "2026-02-29", "13-01", "2026-1-1", "12/24", "15", "last", "day 1x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_day_rule(text));
  }
}

TEST_CASE("a window: its first moment is in it, its end is not") {
  const auto made = window({"sunday"}, 2h + 30min, 1h);
  CHECK(at(made, "2026-06-07T00:29:59.999Z") == "none");
  CHECK(at(made, "2026-06-07T00:30:00Z") == "2026-06-07T00:30:00Z 2026-06-07T01:30:00Z");
  CHECK(at(made, "2026-06-07T01:29:59.999Z") == "2026-06-07T00:30:00Z 2026-06-07T01:30:00Z");
  CHECK(at(made, "2026-06-07T01:30:00Z") == "none");
  CHECK(after(made, "2026-06-07T00:29:59Z") == "2026-06-07T00:30:00Z 2026-06-07T01:30:00Z");
  CHECK(after(made, "2026-06-07T00:30:00Z") == "2026-06-14T00:30:00Z 2026-06-14T01:30:00Z");
}

TEST_CASE("a window at a time that clocks skip begins at the change and lasts as long as ever") {
  const auto made = window({"daily"}, 2h + 30min, 1h);
  CHECK(after(made, "2026-03-28T12:00:00Z") == "2026-03-29T01:00:00Z 2026-03-29T02:00:00Z");
  CHECK(after(made, "2026-03-29T01:00:00Z") == "2026-03-30T00:30:00Z 2026-03-30T01:30:00Z");
}

TEST_CASE("a window at a time that clocks show twice is once, at the first") {
  const auto made = window({"daily"}, 2h + 30min, 15min);
  CHECK(after(made, "2026-10-24T12:00:00Z") == "2026-10-25T00:30:00Z 2026-10-25T00:45:00Z");
  CHECK(at(made, "2026-10-25T01:35:00Z") == "none");
  CHECK(after(made, "2026-10-25T00:30:00Z") == "2026-10-26T01:30:00Z 2026-10-26T01:45:00Z");
}

TEST_CASE("a window over a change keeps its duration, not its local end") {
  const auto made = window({"saturday"}, 23h, 6h);
  CHECK(after(made, "2026-03-28T00:00:00Z") == "2026-03-28T22:00:00Z 2026-03-29T04:00:00Z");
  CHECK(format_local(utc("2026-03-29T04:00:00Z"), berlin()) == "2026-03-29 06:00 Europe/Berlin");
  CHECK(after(made, "2026-10-24T00:00:00Z") == "2026-10-24T21:00:00Z 2026-10-25T03:00:00Z");
}

TEST_CASE("a window across midnight, the year's end and 29 February") {
  const auto new_year = window({"12-31"}, 22h, 4h);
  CHECK(at(new_year, "2027-01-01T00:59:00Z") == "2026-12-31T21:00:00Z 2027-01-01T01:00:00Z");
  CHECK(after(new_year, "2026-12-31T22:00:00Z") == "2027-12-31T21:00:00Z 2028-01-01T01:00:00Z");
  const auto leap = window({"02-29"}, 0h, 1h, TimeZone());
  CHECK(after(leap, "2026-01-01T00:00:00Z") == "2028-02-29T00:00:00Z 2028-02-29T01:00:00Z");
  CHECK(after(leap, "2097-01-01T00:00:00Z") == "2104-02-29T00:00:00Z 2104-02-29T01:00:00Z");
  const auto week = window({"monday"}, 12h, 6 * 24h);
  CHECK(at(week, "2026-06-07T09:59:00Z") == "2026-06-01T10:00:00Z 2026-06-07T10:00:00Z");
}

TEST_CASE("a window on one date is over afterwards") {
  const auto made = window({"2026-12-24", "2026-12-31"}, 12h, 1h);
  CHECK(after(made, "2026-12-24T11:00:00Z") == "2026-12-31T11:00:00Z 2026-12-31T12:00:00Z");
  CHECK(after(made, "2026-12-31T11:00:00Z") == "none");
  CHECK(at(made, "2026-12-31T11:30:00Z") != "none");
}

TEST_CASE("a window far from UTC begins on the day that its own calendar shows") {
  const auto kiritimati = window({"first sunday"}, 1h, 1h, zone("<+14>-14"));
  CHECK(after(kiritimati, "2026-06-01T00:00:00Z") == "2026-06-06T11:00:00Z 2026-06-06T12:00:00Z");
  const auto honolulu = window({"first sunday"}, 23h, 1h, zone("HST10"));
  CHECK(after(honolulu, "2026-06-01T00:00:00Z") == "2026-06-08T09:00:00Z 2026-06-08T10:00:00Z");
}

TEST_CASE("how soon a window begins anew") {
  const auto pause = [](std::vector<std::string> on) {
    return shortest_pause(window(std::move(on), 0h, 1h).days);
  };
  CHECK(pause({"daily"}) == std::chrono::days(1));
  CHECK(pause({"sunday"}) == std::chrono::days(7));
  CHECK(pause({"friday", "sunday"}) == std::chrono::days(2));
  CHECK(pause({"last day", "day 1"}) == std::chrono::days(1));
  CHECK(pause({"day 31"}) == std::chrono::days(31));
  CHECK(pause({"02-28", "02-29"}) == std::chrono::days(1));
  CHECK(pause({"2026-12-24"}) == std::nullopt);
  CHECK(pause({"2026-12-31", "2026-12-24"}) == std::chrono::days(7));
}

TEST_CASE("a window in words") {
  CHECK(recurrence_text(window({"saturday", "last day"}, 2h + 5min, 90min)) ==
        "saturday, last day at 02:05 for 1h30m (Europe/Berlin)");
}
