#include "commands/past_report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "commands/ask.hpp"

namespace tocsin::commands {

namespace {

constexpr int kEvening = 22;
constexpr int kMorning = 7;

int hour_in(const TimeZone& zone, WallTime at) {
  const LocalTime local = zone.local(at);
  return static_cast<int>(
      std::chrono::floor<std::chrono::hours>(local - std::chrono::floor<std::chrono::days>(local))
          .count());
}

/// The day whose evening the night began on.
std::chrono::local_days night_of(const TimeZone& zone, WallTime at) {
  return std::chrono::floor<std::chrono::days>(zone.local(at) - std::chrono::hours(kMorning));
}

bool in_the_night(const TimeZone& zone, WallTime at) {
  const int hour = hour_in(zone, at);
  return hour >= kEvening || hour < kMorning;
}

std::string day_text(std::chrono::local_days day) {
  return format_rfc3339(WallTime(day.time_since_epoch())).substr(0, 10);
}

/// The smallest that so many of them do not exceed.
Duration quantile(const std::vector<Duration>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

Lengths lengths(std::vector<Duration> all) {
  Lengths out;
  out.count = all.size();
  if (all.empty()) return out;
  std::sort(all.begin(), all.end());
  out.median = quantile(all, 0.5);
  out.ninth = quantile(all, 0.9);
  return out;
}

class Tally {
 public:
  void add(const PastIncident& page) {
    ++counts_.pages;
    counts_.rings += page.rings.size();
    counts_.wakes += page.wakes.size();
    if (page.acknowledged) {
      ++counts_.acknowledged;
      to_acknowledge_.push_back(std::max(Duration(0), *page.acknowledged - page.opened));
    }
    if (page.closed) to_resolve_.push_back(std::max(Duration(0), *page.closed - page.opened));
  }
  [[nodiscard]] PageCounts counts() const {
    PageCounts out = counts_;
    out.to_acknowledge = lengths(to_acknowledge_);
    out.to_resolve = lengths(to_resolve_);
    return out;
  }

 private:
  PageCounts counts_;
  std::vector<Duration> to_acknowledge_;
  std::vector<Duration> to_resolve_;
};

std::optional<WallTime> past_time(const boost::json::value& object, std::string_view name) {
  const auto parsed = parse_rfc3339(text_of(object, name));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

}  // namespace

Result<std::vector<PastIncident>> past_incidents(const boost::json::value& answer) {
  std::vector<PastIncident> all;
  for (const boost::json::value& one : array_of(answer, "incidents")) {
    PastIncident incident;
    incident.id = static_cast<std::uint64_t>(number_of(one, "id"));
    incident.group = text_of(one, "group");
    const auto opened = past_time(one, "opened");
    if (!opened) return fail(ErrorCode::corrupt, "the daemon's answer holds no times");
    incident.opened = *opened;
    incident.closed = past_time(one, "closed");
    incident.acknowledged = past_time(one, "first_acknowledged");
    incident.level = static_cast<int>(number_of(one, "level"));
    incident.drill = flag_of(one, "drill");
    incident.within_storm = flag_of(one, "within_storm");
    for (const boost::json::value& ring : array_of(one, "rings")) {
      const auto at = past_time(ring, "at");
      if (!at) continue;
      incident.rings.push_back(*at);
      if (flag_of(ring, "wakes")) incident.wakes.push_back(*at);
    }
    all.push_back(std::move(incident));
  }
  return all;
}

PastReport past_report(const std::vector<PastIncident>& incidents, WallTime from, WallTime to,
                       const TimeZone& zone) {
  PastReport out;
  out.from = from;
  out.to = to;
  out.zone = zone;
  Tally all;
  std::map<std::string, std::pair<GroupReport, Tally>> groups;
  std::set<std::chrono::local_days> disturbed;
  for (const PastIncident& one : incidents) {
    if (one.drill) {
      ++out.drills;
      continue;
    }
    if (one.within_storm && one.rings.empty()) continue;
    if (one.rings.empty()) {
      ++out.untold;
      continue;
    }
    if (!one.closed) ++out.open;
    ++out.hours.at(static_cast<std::size_t>(hour_in(zone, one.opened)));
    for (const WallTime at : one.wakes) {
      ++out.wake_hours.at(static_cast<std::size_t>(hour_in(zone, at)));
      if (in_the_night(zone, at)) disturbed.insert(night_of(zone, at));
    }
    all.add(one);
    auto& [group, tally] = groups[one.group];
    group.group = one.group;
    group.level = std::max(group.level, one.level);
    tally.add(one);
  }
  // Nights that begin within the span, and the one that was under way.
  out.nights = static_cast<std::size_t>((night_of(zone, to) - night_of(zone, from)).count()) +
               (in_the_night(zone, to) ? 1 : 0);
  for (const std::chrono::local_days day : disturbed) out.disturbed.push_back(day_text(day));
  out.nights = std::max(out.nights, out.disturbed.size());
  out.counts = all.counts();
  for (auto& [name, group] : groups) {
    group.first.counts = group.second.counts();
    out.groups.push_back(std::move(group.first));
  }
  const auto noise = [](const PageCounts& of) { return std::tie(of.wakes, of.rings, of.pages); };
  std::stable_sort(out.groups.begin(), out.groups.end(),
                   [&noise](const GroupReport& a, const GroupReport& b) {
                     return noise(a.counts) > noise(b.counts);
                   });
  return out;
}

}  // namespace tocsin::commands
