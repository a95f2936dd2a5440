#include "tocsin/base/time.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace tocsin;

namespace {
WallTime wall(std::int64_t ms) {
  return WallTime(Duration(ms));
}
BootTime boot(std::int64_t ms) {
  return BootTime(Duration(ms));
}
}  // namespace

TEST_CASE("durations are read as people write them") {
  CHECK(parse_duration("90s") == seconds(90));
  CHECK(parse_duration("1m30s") == seconds(90));
  CHECK(parse_duration("1h") == hours(1));
  CHECK(parse_duration("100ms") == milliseconds(100));
  CHECK(parse_duration("2d") == hours(48));
  CHECK(parse_duration("1w") == hours(168));
  CHECK(parse_duration("1y") == hours(365 * 24));
  CHECK(parse_duration("1y2w3d4h5m6s7ms") ==
        hours(365 * 24 + 14 * 24 + 3 * 24 + 4) + minutes(5) + milliseconds(6007));
  CHECK(parse_duration("0s") == Duration::zero());
  CHECK(parse_duration("0") == Duration::zero());
}

TEST_CASE("what is no duration is refused with its reason") {
  for (const auto* text : {"", "s", "5", "-5s", "1.5h", "5 m", "5x", "5M", "1s1m", "1m1m", "1h-5m",
                           "99999999999999999999s", "9223372036854775807s", "300000000y", "5mm"}) {
    CAPTURE(text);
    const auto result = parse_duration(text);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::invalid);
    CHECK(result.error().text.find(text) != std::string::npos);
  }
  CHECK(parse_duration("1s1m").error().text.find("descend") != std::string::npos);
  CHECK(parse_duration("5x").error().text.find("\"x\"") != std::string::npos);
}

TEST_CASE("a duration is written so that it reads back") {
  CHECK(format_duration(seconds(90)) == "1m30s");
  CHECK(format_duration(Duration::zero()) == "0s");
  CHECK(format_duration(hours(8 * 24)) == "8d");
  CHECK(format_duration(hours(14 * 24)) == "2w");
  CHECK(format_duration(hours(365 * 24)) == "1y");
  CHECK(format_duration(milliseconds(1500)) == "1s500ms");
  CHECK(format_duration(-seconds(90)) == "-1m30s");
  for (const std::int64_t ms :
       {std::int64_t{1}, std::int64_t{999}, std::int64_t{59'999}, std::int64_t{86'400'001},
        std::int64_t{31'536'000'000}, std::numeric_limits<std::int64_t>::max()}) {
    CHECK(parse_duration(format_duration(Duration(ms))) == Duration(ms));
  }
  CHECK(format_duration(Duration::min()).front() == '-');
}

TEST_CASE("people read a duration in at most two units") {
  CHECK(humanize_duration(Duration::zero()) == "0 s");
  CHECK(humanize_duration(milliseconds(350)) == "350 ms");
  CHECK(humanize_duration(seconds(30)) == "30 s");
  CHECK(humanize_duration(milliseconds(59'600)) == "1 min");
  CHECK(humanize_duration(minutes(4)) == "4 min");
  CHECK(humanize_duration(seconds(245)) == "4 min 05 s");
  CHECK(humanize_duration(milliseconds(599'600)) == "10 min");
  CHECK(humanize_duration(seconds(754)) == "13 min");
  CHECK(humanize_duration(seconds(3580)) == "1 h");
  CHECK(humanize_duration(minutes(65)) == "1 h 05 min");
  CHECK(humanize_duration(milliseconds(86'399'999)) == "1 d");
  CHECK(humanize_duration(hours(51)) == "2 d 3 h");
  CHECK(humanize_duration(-seconds(30)) == "-30 s");
  CHECK(humanize_duration(Duration::min()).substr(0, 2) == "-1");
}

TEST_CASE("wall times are written in UTC") {
  CHECK(format_rfc3339(wall(0)) == "1970-01-01T00:00:00Z");
  CHECK(format_rfc3339(wall(1'767'172'500'000)) == "2025-12-31T09:15:00Z");
  CHECK(format_rfc3339(wall(1'767'172'500'042)) == "2025-12-31T09:15:00.042Z");
  CHECK(format_rfc3339(wall(-1)) == "1969-12-31T23:59:59.999Z");
  CHECK(format_rfc3339(WallTime::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(format_rfc3339(WallTime::min()) == "0000-01-01T00:00:00Z");
  CHECK(format_clock(wall(1'767'172'500'999)) == "09:15:00 UTC");
}

TEST_CASE("RFC 3339 is read with any offset") {
  CHECK(parse_rfc3339("2025-12-31T09:15:00Z") == wall(1'767'172'500'000));
  CHECK(parse_rfc3339("2025-12-31t09:15:00z") == wall(1'767'172'500'000));
  CHECK(parse_rfc3339("2025-12-31 10:15:00+01:00") == wall(1'767'172'500'000));
  CHECK(parse_rfc3339("2025-12-31T03:45:00-05:30") == wall(1'767'172'500'000));
  CHECK(parse_rfc3339("2025-12-31T09:15:00.5Z") == wall(1'767'172'500'500));
  CHECK(parse_rfc3339("2025-12-31T09:15:00.123456789Z") == wall(1'767'172'500'123));
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z").has_value());
  CHECK(parse_rfc3339("1969-12-31T23:59:59.999Z") == wall(-1));
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST_CASE("what is no RFC 3339 time is refused") {
  for (const auto* text :
       {"", "2025", "2025-12-31", "2025-12-31T09:15:00", "2025-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z", "2025-04-31T00:00:00Z", "2025-12-31T24:00:00Z",
        "2025-12-31T09:60:00Z", "2025-12-31T09:15:61Z", "2025-12-31T09:15:00.Z",
        "2025-12-31T09:15:00+1:00", "2025-12-31T09:15:00Zx", "2025-1-31T09:15:00Z",
        "2025-12-31T09:15:00+24:00", "-025-12-31T09:15:00Z", "2025-12-31T09:15:00+"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text).has_value());
  }
}

TEST_CASE("a stamp of another boot keeps its age and never lies in the future") {
  constexpr std::int64_t kCalendar = 1'770'000'000'000;  // in 2026
  const Stamp last{boot(900'000), wall(kCalendar)};
  const Now now{boot(10'000), wall(kCalendar + 60'000)};
  CHECK(rebased(last, last, now) == Stamp{boot(-50'000), wall(kCalendar)});
  CHECK_MESSAGE(
      rebased(Stamp{boot(800'000), wall(kCalendar - 5)}, last, now).boot == boot(-150'000),
      "the calendar was stepped between the two");
  const Stamp stepped{boot(800'000), wall(kCalendar - 5)};
  CHECK_MESSAGE(rebased(stepped, last, now).boot == boot(-150'000), "not what the calendar says");
  const Stamp ahead{boot(999'999'999), wall(kCalendar)};
  CHECK_MESSAGE(rebased(ahead, last, now).boot == boot(-50'000), "it lay ahead");
  const Now set_back{boot(10'000), wall(5)};
  CHECK(rebased(last, last, set_back) == set_back);
  const Stamp unset{boot(900'000), wall(4)};
  CHECK_MESSAGE(rebased(Stamp{boot(890'000), wall(3)}, unset, now).boot == boot(0),
                "nobody knows how long it was away");
}

TEST_CASE("a stamp beyond any calendar is old, and breaks nothing") {
  const Now now{boot(10'000), wall(1'770'000'000'000)};
  CHECK(rebased(Stamp{BootTime::min(), WallTime::min()}, now, now).boot < boot(0));
  CHECK(rebased(Stamp{boot(0), wall(0)}, Stamp{BootTime::max(), WallTime::max()}, now).boot <
        boot(0));
  CHECK(rebased(Stamp{BootTime::max(), WallTime::max()}, now, now) == now);
}
