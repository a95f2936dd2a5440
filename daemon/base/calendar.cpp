// Wall times as text, both ways.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "tocsin/base/time.hpp"

namespace tocsin {

namespace {

using Days = std::chrono::days;

struct Civil {
  int year;
  unsigned month, day;
  std::int64_t hour, minute, second, millisecond;
};

/// Within the years that RFC 3339 can write; beyond them the nearest moment that it can.
Civil civil(WallTime time) {
  constexpr std::int64_t kFirst = -62'167'219'200'000;  // 0000-01-01T00:00:00Z
  constexpr std::int64_t kLast = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z
  const Duration since(std::clamp<std::int64_t>(time.time_since_epoch().count(), kFirst, kLast));
  const auto days = std::chrono::floor<Days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days{days}};
  const std::int64_t ms = (since - days).count();
  return Civil{static_cast<int>(date.year()),
               static_cast<unsigned>(date.month()),
               static_cast<unsigned>(date.day()),
               ms / 3'600'000,
               ms / 60'000 % 60,
               ms / 1'000 % 60,
               ms % 1'000};
}

/// Reads fixed-width fields one after the other; once one is wrong, all that follow fail.
class Fields {
 public:
  explicit Fields(std::string_view rest) : rest_(rest) {}

  int number(std::size_t digits, int least, int most) {
    if (rest_.size() < digits) return wrong();
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = rest_[i];
      if (c < '0' || c > '9') return wrong();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value < least || value > most ? wrong() : value;
  }
  /// Takes one character if it is among `any`, and gives it back; otherwise '\0'.
  char take(std::string_view any) {
    if (!ok_ || rest_.empty() || any.find(rest_.front()) == std::string_view::npos) return '\0';
    const char taken = rest_.front();
    rest_.remove_prefix(1);
    return taken;
  }
  void expect(std::string_view any) {
    if (take(any) == '\0') wrong();
  }
  /// The digits after a decimal point, as milliseconds; further digits are cut off.
  std::int64_t fraction() {
    std::int64_t ms = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      if (digits < 3) ms = ms * 10 + (rest_[digits] - '0');
      ++digits;
    }
    if (digits == 0) return wrong();
    for (std::size_t i = digits; i < 3; ++i) ms *= 10;
    rest_.remove_prefix(digits);
    return ms;
  }
  [[nodiscard]] bool complete() const { return ok_ && rest_.empty(); }

 private:
  int wrong() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string format_rfc3339(WallTime time) {
  const Civil c = civil(time);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day,
                                 c.hour, c.minute, c.second);
  if (c.millisecond != 0) text += fmt::format(".{:03}", c.millisecond);
  return text + "Z";
}

std::string format_clock(WallTime time) {
  const Civil c = civil(time);
  return fmt::format("{:02}:{:02}:{:02} UTC", c.hour, c.minute, c.second);
}

std::string format_moment(WallTime time, WallTime now) {
  const std::string day = format_rfc3339(time).substr(0, 10);
  const bool today = day == format_rfc3339(now).substr(0, 10);
  return today ? format_clock(time) : day + " " + format_clock(time);
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  Fields fields(text);
  const int year = fields.number(4, 0, 9999);
  fields.expect("-");
  const int month = fields.number(2, 1, 12);
  fields.expect("-");
  const int day = fields.number(2, 1, 31);
  fields.expect("Tt ");
  std::int64_t ms = fields.number(2, 0, 23) * std::int64_t{3'600'000};
  fields.expect(":");
  ms += fields.number(2, 0, 59) * std::int64_t{60'000};
  fields.expect(":");
  ms += fields.number(2, 0, 60) * std::int64_t{1'000};  // 60: a leap second, counted onwards
  if (fields.take(".") != '\0') ms += fields.fraction();
  if (fields.take("Zz") == '\0') {
    const char sign = fields.take("+-");
    if (sign == '\0') fields.expect("+");
    const std::int64_t hours_off = fields.number(2, 0, 23);
    fields.expect(":");
    const std::int64_t offset =
        hours_off * 3'600'000 + fields.number(2, 0, 59) * std::int64_t{60'000};
    ms -= sign == '-' ? -offset : offset;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!fields.complete() || !date.ok()) {
    return fail(ErrorCode::invalid,
                fmt::format("\"{}\" is no time (write it like 2025-12-31T09:15:00Z)", text));
  }
  return WallTime(Duration(std::chrono::sys_days(date).time_since_epoch()) + Duration(ms));
}

}  // namespace tocsin
