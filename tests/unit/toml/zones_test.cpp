// Risk: another hour than the system's own clock shows; a name that leads out of the folder.
#include "toml/zones.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

using namespace tocsin;

namespace {

/// The C library's own reading of the same files.
class SystemZone {
 public:
  explicit SystemZone(const std::string& name) {
    ::setenv("TZ", name.c_str(), 1);
    ::tzset();
  }
  ~SystemZone() {
    ::unsetenv("TZ");
    ::tzset();
  }
  SystemZone(const SystemZone&) = delete;
  SystemZone& operator=(const SystemZone&) = delete;

  [[nodiscard]] Duration offset(WallTime at) const {
    const std::time_t unix_time = std::chrono::floor<seconds>(at.time_since_epoch()).count();
    std::tm shown{};
    ::localtime_r(&unix_time, &shown);
    return seconds(shown.tm_gmtoff);
  }
};

}  // namespace

TEST_CASE("every zone of the system has the offsets that the C library finds, 1960 to 2120") {
  const auto names = toml::zone_names();
  REQUIRE(names.size() > 300);
  const WallTime from(hours(-24 * 365 * 10));
  const WallTime until(hours(24 * 365 * 150));
  for (const std::string& name : names) {
    CAPTURE(name);
    const auto zone = toml::read_zone(name);
    if (!zone) FAIL_CHECK(zone.error().text);
    if (!zone) continue;
    const SystemZone theirs(name);
    int wrong = 0;
    // Steps that meet every hour of the day and most days of the year.
    for (WallTime at = from; at < until; at += hours(47) + minutes(7)) {
      if (zone->offset(at) != theirs.offset(at)) ++wrong;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("the changes of a zone are to the second where the C library has them") {
  for (const char* name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                           "America/Nuuk", "Africa/Casablanca", "Asia/Gaza", "Europe/Dublin"}) {
    CAPTURE(name);
    const auto zone = toml::read_zone(name);
    REQUIRE(zone);
    const SystemZone theirs(name);
    int changes = 0;
    for (WallTime day(hours(24 * 365 * 50)); day < WallTime(hours(24 * 365 * 75));
         day += hours(24)) {
      if (theirs.offset(day) == theirs.offset(day + hours(24))) continue;
      WallTime low = day;
      WallTime high = day + hours(24);
      while (high - low > seconds(1)) {
        const WallTime middle = low + std::chrono::floor<seconds>((high - low) / 2);
        (theirs.offset(middle) == theirs.offset(day) ? low : high) = middle;
      }
      ++changes;
      CHECK(zone->offset(high - seconds(1)) == theirs.offset(low));
      CHECK(zone->offset(high) == theirs.offset(high));
    }
    CHECK(changes > 40);
  }
}

TEST_CASE("a zone is a file below the folder, and nothing else") {
  for (const char* name : {"", "Europe", "Europe/Berln", "../../../etc/passwd", "/etc/passwd",
                           "right/Europe/Berlin", "zone1970.tab", "Europe/Berlin\n", "a\\b"}) {
    CAPTURE(name);
    CHECK_FALSE(toml::read_zone(name));
  }
  CHECK(toml::read_zone("UTC", "/nowhere"));
  CHECK(toml::zone_names("/nowhere").empty());
}
