// What the incidents of a span were for the people who were told of them: how often, by what, at
// which hours, and how long it took them. Pure.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"

namespace tocsin::commands {

/// Of one incident as much as a report needs.
struct PastIncident {
  std::uint64_t id = 0;
  std::string group;  ///< by default the rule's name
  WallTime opened;
  std::optional<WallTime> closed;
  std::optional<WallTime> acknowledged;  ///< for the first time
  int level = 0;
  std::vector<WallTime> rings;  ///< notices that opened, climbed, rang again or stood in for one
                                ///< that failed; one a receiver
  std::vector<WallTime> wakes;  ///< those of them that were to wake somebody
  bool drill = false;
  bool within_storm = false;  ///< told within another incident
};

/// Of what GET /past answers.
[[nodiscard]] Result<std::vector<PastIncident>> past_incidents(const boost::json::value& answer);

struct Lengths {
  std::size_t count = 0;
  Duration median{};
  Duration ninth{};  ///< nine in ten are no longer
};

/// What is counted of incidents that belong together.
struct PageCounts {
  std::size_t pages = 0;  ///< incidents of which somebody was told
  std::size_t rings = 0;
  std::size_t wakes = 0;
  std::size_t acknowledged = 0;  ///< pages that somebody acknowledged
  Lengths to_acknowledge;
  Lengths to_resolve;
};

struct GroupReport {
  std::string group;
  PageCounts counts;
  int level = 0;  ///< the highest that was told
};

struct PastReport {
  WallTime from;
  WallTime to;
  TimeZone zone;
  PageCounts counts;
  std::size_t untold = 0;  ///< incidents of which nobody was told: silenced, inhibited, soon gone
  std::size_t drills = 0;  ///< counted nowhere else
  std::size_t open = 0;    ///< pages that are still open
  std::array<std::size_t, 24> hours{};       ///< pages by the local hour at which they opened
  std::array<std::size_t, 24> wake_hours{};  ///< wakes by the local hour at which they rang
  std::size_t nights = 0;                    ///< in the span: 22 to 7 o'clock
  std::vector<std::string> disturbed;        ///< "2026-11-26": the evening of a night with a wake
  std::vector<GroupReport> groups;  ///< the noisiest first: by wakes, rings, pages, then name
};

[[nodiscard]] PastReport past_report(const std::vector<PastIncident>& incidents, WallTime from,
                                     WallTime to, const TimeZone& zone);

/// Whatever a group is called, it stays within its cell and calls nobody.
/// `width`: of the terminal that shows it, in columns, which no table of rules is wider than; 0: of
/// none.
[[nodiscard]] std::string markdown(const PastReport& report, std::string_view host,
                                   std::size_t width = 0);
[[nodiscard]] boost::json::object past_report_json(const PastReport& report);

}  // namespace tocsin::commands
