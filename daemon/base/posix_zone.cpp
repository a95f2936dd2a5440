// The rule at the end of a TZif file, for the years that its table does not reach.
#include <algorithm>
#include <optional>

#include "tocsin/base/time_zone.hpp"

namespace tocsin {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

/// A day of each year, and what a clock shows on it as the offset changes.
struct YearlyMoment {
  enum class Form { week_of_month, julian, ordinal } form = Form::week_of_month;
  int month = 0;
  int week = 0;
  int day = 0;
  seconds time = hours(2);
};

sys_days day_of(const YearlyMoment& moment, year in) {
  const sys_days first = in / 1 / 1;
  if (moment.form == YearlyMoment::Form::ordinal) return first + days(moment.day);
  if (moment.form == YearlyMoment::Form::julian) {
    const bool after_february = moment.day >= 60;
    return first + days(moment.day - 1 + (in.is_leap() && after_february ? 1 : 0));
  }
  const auto month = in / std::chrono::month(static_cast<unsigned>(moment.month));
  const std::chrono::weekday weekday(static_cast<unsigned>(moment.day));
  return moment.week == 5 ? sys_days(month / weekday[std::chrono::last])
                          : sys_days(month / weekday[static_cast<unsigned>(moment.week)]);
}

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  bool take(char wanted) {
    if (!ok_ || rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) ok_ = false;
  }
  /// "CET" or "<+03>".
  void abbreviation() {
    if (take('<')) {
      const std::size_t end = rest_.find('>');
      if (end == std::string_view::npos) return wrong();
      return rest_.remove_prefix(end + 1);
    }
    std::size_t length = 0;
    while (length < rest_.size() && letter(rest_[length])) ++length;
    if (length < 3) return wrong();
    rest_.remove_prefix(length);
  }
  int number(int least, int most) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && digits < 4 && rest_[digits] >= '0' && rest_[digits] <= '9') {
      value = value * 10 + (rest_[digits++] - '0');
    }
    rest_.remove_prefix(digits);
    if (digits == 0 || value < least || value > most) {
      wrong();
      return least;
    }
    return value;
  }
  /// "[+-]hh[:mm[:ss]]".
  seconds time() {
    const bool negative = take('-');
    if (!negative) take('+');
    seconds value = hours(number(0, 167));
    if (take(':')) value += minutes(number(0, 59));
    if (take(':')) value += seconds(number(0, 59));
    return negative ? -value : value;
  }
  YearlyMoment moment() {
    YearlyMoment read;
    if (take('M')) {
      read.month = number(1, 12);
      expect('.');
      read.week = number(1, 5);
      expect('.');
      read.day = number(0, 6);
    } else if (take('J')) {
      read.form = YearlyMoment::Form::julian;
      read.day = number(1, 365);
    } else {
      read.form = YearlyMoment::Form::ordinal;
      read.day = number(0, 365);
    }
    if (take('/')) read.time = time();
    return read;
  }

 private:
  static bool letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
  void wrong() { ok_ = false; }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

Result<PosixZone> posix_zone(std::string_view rule, int first_year, int end_year) {
  Reader reader(rule);
  PosixZone zone;
  reader.abbreviation();
  // POSIX counts what UTC is ahead of local time.
  const seconds standard = -reader.time();
  zone.standard = standard;
  const auto wrong = [&] {
    return fail(ErrorCode::invalid, "\"" + std::string(rule) + "\" is no rule of a time zone");
  };
  if (!reader.ok()) return wrong();
  if (reader.at_end()) return zone;
  reader.abbreviation();
  seconds summer = standard + hours(1);
  if (!reader.take(',')) {
    summer = -reader.time();
    reader.expect(',');
  }
  const YearlyMoment begins = reader.moment();
  reader.expect(',');
  const YearlyMoment ends = reader.moment();
  if (!reader.ok() || !reader.at_end()) return wrong();
  const auto change = [&](const YearlyMoment& moment, int in, seconds before,
                          seconds from_then_on) {
    const WallTime at(day_of(moment, year(in)).time_since_epoch() + moment.time - before);
    zone.changes.push_back({at, from_then_on});
  };
  for (int in = first_year; in < end_year; ++in) {
    change(begins, in, standard, summer);
    change(ends, in, summer, standard);
  }
  std::stable_sort(zone.changes.begin(), zone.changes.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return zone;
}

}  // namespace tocsin
