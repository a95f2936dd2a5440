// Risk: a window in a named zone that is an hour off, in one of the two nights in which it counts.
#include "tocsin/base/time_zone.hpp"

#include <doctest/doctest.h>

#include "support/zone_file.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

std::string first(const TimeZone& there, std::string_view shown) {
  return format_rfc3339(there.first(LocalTime(utc(shown).time_since_epoch())));
}

}  // namespace

TEST_CASE("a zone: what clocks show, on both sides of both changes") {
  CHECK(berlin().offset(utc("2026-03-29T00:59:59Z")) == hours(1));
  CHECK(berlin().offset(utc("2026-03-29T01:00:00Z")) == hours(2));
  CHECK(berlin().offset(utc("2026-10-25T00:59:59Z")) == hours(2));
  CHECK(berlin().offset(utc("2026-10-25T01:00:00Z")) == hours(1));
  CHECK(berlin().offset(utc("2199-07-01T00:00:00Z")) == hours(2));
  CHECK(format_local(utc("2026-03-29T01:00:00Z"), berlin()) == "2026-03-29 03:00 Europe/Berlin");
  CHECK(format_local(utc("2026-12-31T23:30:00Z"), berlin()) == "2027-01-01 00:30 Europe/Berlin");
}

TEST_CASE("a zone: the moment at which clocks show a time") {
  CHECK(first(berlin(), "2026-03-28T02:30:00Z") == "2026-03-28T01:30:00Z");
  CHECK(first(berlin(), "2026-03-29T01:59:00Z") == "2026-03-29T00:59:00Z");
  CHECK_MESSAGE(first(berlin(), "2026-03-29T02:30:00Z") == "2026-03-29T01:00:00Z", "skipped");
  CHECK(first(berlin(), "2026-03-29T03:00:00Z") == "2026-03-29T01:00:00Z");
  CHECK_MESSAGE(first(berlin(), "2026-10-25T02:30:00Z") == "2026-10-25T00:30:00Z", "shown twice");
  CHECK(first(berlin(), "2026-10-25T03:00:00Z") == "2026-10-25T02:00:00Z");
  CHECK(first(TimeZone(), "2026-03-29T02:30:00Z") == "2026-03-29T02:30:00Z");
}

TEST_CASE("a zone: south of the equator, half hours, summer time that is less than winter's") {
  const auto lord_howe = zone("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
  CHECK(lord_howe.offset(utc("2026-01-01T00:00:00Z")) == hours(11));
  CHECK(lord_howe.offset(utc("2026-07-01T00:00:00Z")) == hours(10) + minutes(30));
  CHECK(first(lord_howe, "2026-10-04T02:15:00Z") == "2026-10-03T15:30:00Z");
  const auto dublin = zone("IST-1GMT0,M10.5.0,M3.5.0/1");
  CHECK(dublin.offset(utc("2026-07-01T00:00:00Z")) == hours(1));
  CHECK(dublin.offset(utc("2026-12-01T00:00:00Z")) == Duration::zero());
  const auto nuuk = zone("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
  CHECK(nuuk.offset(utc("2026-03-29T00:59:59Z")) == -hours(2));
  CHECK(nuuk.offset(utc("2026-03-29T01:00:00Z")) == -hours(1));
  CHECK(zone("<+0545>-5:45").offset(utc("2026-01-01T00:00:00Z")) == hours(5) + minutes(45));
  CHECK(zone("XXX0YYY,J60/0,J300/0").offset(utc("2028-03-01T00:00:00Z")) == hours(1));
  CHECK(zone("XXX0YYY,J60/0,J300/0").offset(utc("2028-02-29T12:00:00Z")) == hours(0));
  CHECK(zone("XXX0YYY,59/0,300/0").offset(utc("2028-02-29T12:00:00Z")) == hours(1));
}

TEST_CASE("a zone: bytes that are no zone are refused, whatever is missing of them") {
  const std::string whole = zone_file("CET-1CEST,M3.5.0,M10.5.0/3");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(TimeZone::from_tzif("x", std::string_view(whole).substr(0, length)));
  }
  for (const char* rule : {"CET", "C-1", "CET-1CEST", "CET-1CEST,M3.5.0",
                           "CET-1CEST,M13.5.0,M1.1.0", "CET-1CEST,M3.6.0,M1.1.0", "CET-1 ",
                           "<CET-1", "CET-1CEST,J0,J1", "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-200"}) {
    CAPTURE(rule);
    CHECK_FALSE(TimeZone::from_tzif("x", zone_file(rule)));
  }
}

TEST_CASE("a zone: a clock time says how far it is from UTC") {
  const WallTime winter = utc("2026-01-15T23:30:05.250Z");
  CHECK(format_clock(winter, TimeZone()) == "23:30:05 UTC");
  CHECK(format_clock(winter, berlin()) == "00:30:05 UTC+1");
  CHECK(format_clock(utc("2026-07-15T23:30:05Z"), berlin()) == "01:30:05 UTC+2");
  CHECK(format_clock(winter, zone("<+0530>-5:30")) == "05:00:05 UTC+5:30");
  CHECK(format_clock(winter, zone("<-0330>3:30")) == "20:00:05 UTC-3:30");
  CHECK(format_clock(winter, zone("GMT0BST,M3.5.0/1,M10.5.0")) == "23:30:05 UTC");
}

TEST_CASE("a zone: a moment has its date where the zone's calendar shows another day") {
  const WallTime now = utc("2026-01-15T23:30:00Z");
  CHECK(format_moment(utc("2026-01-15T22:30:00Z"), now, TimeZone()) == "22:30:00 UTC");
  CHECK(format_moment(utc("2026-01-15T22:30:00Z"), now, berlin()) == "2026-01-15 23:30:00 UTC+1");
  CHECK(format_moment(utc("2026-01-16T12:30:00Z"), now, berlin()) == "13:30:00 UTC+1");
}
