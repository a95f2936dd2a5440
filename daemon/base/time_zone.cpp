// RFC 8536: a block of 32-bit times that is passed over, a block of 64-bit times, and the rule for
// the years after it.
#include "tocsin/base/time_zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace tocsin {
namespace {

/// The rule of later years is written out up to here; from then on nothing changes.
constexpr int kEndYear = 2200;

/// Big-endian numbers, one after the other; once they have run out, all that follow fail.
class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}
  [[nodiscard]] bool ok() const { return ok_; }
  std::string_view take(std::size_t count) {
    if (!ok_ || rest_.size() < count) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::int64_t number(std::size_t width) {
    const std::string_view taken = take(width);
    std::uint64_t value =
        taken.empty() || static_cast<signed char>(taken.front()) >= 0 ? 0 : ~std::uint64_t{0};
    for (const char c : taken) value = value << 8U | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
  }
  std::size_t count() { return static_cast<std::size_t>(number(4)) & 0xFFFFFFFFU; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Header {
  char version = 0;
  std::size_t utc_flags = 0, standard_flags = 0, leaps = 0, changes = 0, types = 0, letters = 0;
  [[nodiscard]] std::size_t body(std::size_t time_width) const {
    return changes * (time_width + 1) + types * 6 + letters + leaps * (time_width + 4) +
           standard_flags + utc_flags;
  }
};

Header read_header(Bytes& bytes) {
  Header header;
  const bool magic = bytes.take(4) == "TZif";
  const std::string_view version = bytes.take(1);
  if (magic && !version.empty()) header.version = version.front();
  bytes.take(15);
  header.utc_flags = bytes.count();
  header.standard_flags = bytes.count();
  header.leaps = bytes.count();
  header.changes = bytes.count();
  header.types = bytes.count();
  header.letters = bytes.count();
  return header;
}

/// Times beyond what milliseconds can count stand for "always".
WallTime moment(std::int64_t unix_seconds) {
  constexpr std::int64_t kFurthest = std::int64_t{1} << 40U;
  return WallTime(seconds(std::clamp(unix_seconds, -kFurthest, kFurthest)));
}

int year_of(WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at.time_since_epoch());
  return static_cast<int>(std::chrono::year_month_day(std::chrono::sys_days(day)).year());
}

}  // namespace

Result<TimeZone> TimeZone::from_tzif(std::string name, std::string_view all) {
  const auto wrong = [&name] {
    return fail(ErrorCode::corrupt, "the file of time zone " + name + " is none (TZif, version 2)");
  };
  Bytes bytes(all);
  const Header old = read_header(bytes);
  bytes.take(old.body(4));
  const Header header = read_header(bytes);
  // Bounds before any loop: the counts are foreign.
  if (!bytes.ok() || old.version < '2' || header.version < '2' || header.types == 0 ||
      header.types > 256 || bytes.rest().size() < header.body(8)) {
    return wrong();
  }
  auto rules = std::make_shared<Rules>();
  for (std::size_t i = 0; i < header.changes; ++i) {
    rules->changes.push_back({moment(bytes.number(8)), {}});
  }
  const std::string_view kinds = bytes.take(header.changes);
  std::vector<Duration> offsets;
  for (std::size_t i = 0; i < header.types; ++i) {
    offsets.emplace_back(seconds(bytes.number(4)));
    bytes.take(2);
    if (offsets.back() < -hours(26) || offsets.back() > hours(26)) return wrong();
  }
  for (std::size_t i = 0; i < header.changes; ++i) {
    const auto kind = static_cast<unsigned char>(kinds[i]);
    if (kind >= offsets.size()) return wrong();
    rules->changes[i].offset = offsets[kind];
    if (i > 0 && rules->changes[i].at < rules->changes[i - 1].at) return wrong();
  }
  rules->before = offsets.front();
  bytes.take(header.letters + header.leaps * 12 + header.standard_flags + header.utc_flags);
  bytes.take(1);  // a line feed
  const std::string_view rest = bytes.rest();
  const std::size_t end = rest.find('\n');
  if (!bytes.ok() || end == std::string_view::npos) return wrong();
  if (const std::string_view rule = rest.substr(0, end); !rule.empty()) {
    const WallTime last = rules->changes.empty() ? moment(0) : rules->changes.back().at;
    const int first_year = std::clamp(year_of(last), 1900, kEndYear);
    const Result<PosixZone> later = posix_zone(rule, first_year, kEndYear);
    if (!later) return wrong();
    if (rules->changes.empty()) rules->before = later->standard;
    for (const Change& change : later->changes) {
      if (rules->changes.empty() || change.at > last) rules->changes.push_back(change);
    }
  }
  TimeZone zone;
  zone.name_ = std::move(name);
  zone.rules_ = std::move(rules);
  return zone;
}

Duration TimeZone::offset(WallTime at) const {
  if (rules_ == nullptr) return Duration::zero();
  const auto& changes = rules_->changes;
  const auto after =
      std::upper_bound(changes.begin(), changes.end(), at,
                       [](WallTime time, const Change& change) { return time < change.at; });
  return after == changes.begin() ? rules_->before : (after - 1)->offset;
}

LocalTime TimeZone::local(WallTime at) const {
  return LocalTime(at.time_since_epoch() + offset(at));
}

WallTime TimeZone::first(LocalTime local) const {
  const WallTime as_utc(local.time_since_epoch());
  if (rules_ == nullptr) return as_utc;
  // No offset is larger than 26 h: what clocks show at any other time cannot be `local`.
  const auto& changes = rules_->changes;
  auto next =
      std::lower_bound(changes.begin(), changes.end(), as_utc - hours(27),
                       [](const Change& change, WallTime time) { return change.at < time; });
  Duration shown = next == changes.begin() ? rules_->before : (next - 1)->offset;
  for (; next != changes.end(); ++next) {
    // At the change clocks reach this; the one that is not beyond `local` goes on.
    if (as_utc - shown < next->at) return as_utc - shown;
    if (as_utc - next->offset < next->at) return next->at;
    shown = next->offset;
  }
  return as_utc - shown;
}

namespace {

std::string offset_name(Duration offset) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(offset).count();
  if (minutes == 0) return "UTC";
  const auto away = minutes < 0 ? -minutes : minutes;
  return fmt::format("UTC{}{}{}", minutes < 0 ? "-" : "+", away / 60,
                     away % 60 == 0 ? "" : fmt::format(":{:02}", away % 60));
}

}  // namespace

std::string format_day(WallTime at, const TimeZone& zone) {
  return format_rfc3339(WallTime(zone.local(at).time_since_epoch())).substr(0, 10);
}

std::string format_clock(WallTime at, const TimeZone& zone) {
  const WallTime shown(zone.local(at).time_since_epoch());
  return format_rfc3339(shown).substr(11, 8) + " " + offset_name(zone.offset(at));
}

std::string format_minute(WallTime at, const TimeZone& zone) {
  std::string clock = format_clock(at, zone);
  return clock.erase(5, 3);
}

std::string format_moment(WallTime at, WallTime now, const TimeZone& zone) {
  const std::string day = format_day(at, zone);
  return (day == format_day(now, zone) ? "" : day + " ") + format_clock(at, zone);
}

std::string format_local(WallTime at, const TimeZone& zone) {
  const std::string text = format_rfc3339(WallTime(zone.local(at).time_since_epoch()));
  return text.substr(0, 10) + " " + text.substr(11, 5) + " " + zone.name();
}

}  // namespace tocsin
