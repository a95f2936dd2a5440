#include "tocsin/incident/day_rule.hpp"

#include <array>
#include <optional>

#include "tocsin/base/text.hpp"

namespace tocsin::incident {
namespace {

using std::chrono::day;
using std::chrono::last;
using std::chrono::month;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;

struct Word {
  std::string_view text;
  unsigned value;
};
constexpr std::array kWeekdays = {
    Word{"sunday", 0},   Word{"sun", 0}, Word{"monday", 1},    Word{"mon", 1},
    Word{"tuesday", 2},  Word{"tue", 2}, Word{"wednesday", 3}, Word{"wed", 3},
    Word{"thursday", 4}, Word{"thu", 4}, Word{"friday", 5},    Word{"fri", 5},
    Word{"saturday", 6}, Word{"sat", 6},
};
constexpr std::array kOrdinals = {
    Word{"first", 1},  Word{"second", 2}, Word{"third", 3},
    Word{"fourth", 4}, Word{"fifth", 5},  Word{"last", kLast},
};

template <class Words>
std::optional<unsigned> value_of(const Words& words, std::string_view text) {
  for (const Word& word : words) {
    if (word.text == text) return word.value;
  }
  return std::nullopt;
}

/// Exactly `text`'s digits as a number.
std::optional<unsigned> digits(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

Result<DayRule> wrong(std::string_view text, std::string_view why) {
  return fail(ErrorCode::invalid, "\"" + std::string(text) + "\" " + std::string(why));
}

/// "YYYY-MM-DD" or "MM-DD".
Result<DayRule> dated(std::string_view text) {
  const bool once = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!once && (text.size() != 5 || text[2] != '-')) {
    return wrong(text, "is no date (write it like 2026-12-24, or 12-24 for every year)");
  }
  const auto of_month = digits(text.substr(text.size() - 5, 2));
  const auto of_day = digits(text.substr(text.size() - 2));
  const auto of_year = once ? digits(text.substr(0, 4)) : std::optional<unsigned>(2000);
  if (!of_month || !of_day || !of_year) return wrong(text, "is no date");
  const year_month_day date{year(static_cast<int>(*of_year)), month(*of_month), day(*of_day)};
  if (!date.ok()) return wrong(text, "is not in the calendar");
  if (once) return DayRule{OnDate{date}};
  return DayRule{OnYearDay{date.month() / date.day()}};
}

bool is(const Daily&, year_month_day) {
  return true;
}
bool is(const OnWeekday& rule, year_month_day date) {
  const weekday today{std::chrono::sys_days(date)};
  if (today != rule.day) return false;
  if (rule.nth == 0) return true;
  if (rule.nth == kLast) {
    return std::chrono::sys_days(date.year() / date.month() / rule.day[last]) ==
           std::chrono::sys_days(date);
  }
  return (static_cast<unsigned>(date.day()) - 1) / 7 + 1 == rule.nth;
}
bool is(const OnMonthDay& rule, year_month_day date) {
  if (rule.day != kLast) return static_cast<unsigned>(date.day()) == rule.day;
  return date == year_month_day(date.year() / date.month() / last);
}
bool is(const OnYearDay& rule, year_month_day date) {
  return date.month() == rule.day.month() && date.day() == rule.day.day();
}
bool is(const OnDate& rule, year_month_day date) {
  return date == rule.date;
}

}  // namespace

Result<DayRule> parse_day_rule(std::string_view written) {
  const std::string lower = lowercase(trim(written));
  const std::string_view text = lower;
  if (text == "daily") return DayRule{Daily{}};
  if (const auto every_week = value_of(kWeekdays, text)) {
    return DayRule{OnWeekday{weekday(*every_week), 0}};
  }
  if (!text.empty() && is_digit(text.front())) return dated(text);
  const std::size_t space = text.find(' ');
  if (space != std::string_view::npos) {
    const std::string_view head = text.substr(0, space);
    const std::string_view tail = trim(text.substr(space));
    if (head == "day") {
      const auto number = digits(tail);
      if (number && *number >= 1 && *number <= 31) return DayRule{OnMonthDay{*number}};
      return wrong(written, "is no day of a month (\"day 1\" to \"day 31\", or \"last day\")");
    }
    if (head == "last" && tail == "day") return DayRule{OnMonthDay{kLast}};
    const auto nth = value_of(kOrdinals, head);
    const auto day_of_week = value_of(kWeekdays, tail);
    if (nth && day_of_week) return DayRule{OnWeekday{weekday(*day_of_week), *nth}};
  }
  return wrong(written,
               "names no days: they are \"daily\", a weekday, \"first sunday\" to \"last sunday\", "
               "\"day 15\", \"last day\", \"12-24\" or \"2026-12-24\"");
}

bool falls_on(const DayRule& rule, year_month_day date) {
  return std::visit([&](const auto& each) { return is(each, date); }, rule);
}

}  // namespace tocsin::incident
