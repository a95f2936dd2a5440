// Functions of a calendar time, in UTC: of each element's value, or of the evaluation's time.
#include <chrono>
#include <cmath>
#include <limits>

#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/numerics.hpp"

namespace tocsin::expr {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Beyond this the calendar of the library ends; nobody monitors the year 30000.
constexpr double kFarthest = 8.0e11;

struct CalendarTime {
  sys_days day;
  year_month_day date;
  std::int64_t second = 0;  ///< of the day
};

/// `part` of the time that `seconds` since 1970 name.
double part_of(double seconds, double (*part)(const CalendarTime&)) {
  if (!(std::fabs(seconds) < kFarthest)) return kNotANumber;
  const std::chrono::sys_seconds time(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
  CalendarTime calendar;
  calendar.day = std::chrono::floor<days>(time);
  calendar.date = calendar.day;
  calendar.second = (time - calendar.day).count();
  return part(calendar);
}

double month(const CalendarTime& time) {
  return static_cast<double>(static_cast<unsigned>(time.date.month()));
}
double year(const CalendarTime& time) {
  return static_cast<double>(static_cast<int>(time.date.year()));
}
double day_of_month(const CalendarTime& time) {
  return static_cast<double>(static_cast<unsigned>(time.date.day()));
}
double day_of_week(const CalendarTime& time) {
  return static_cast<double>(std::chrono::weekday(time.day).c_encoding());
}
double day_of_year(const CalendarTime& time) {
  const sys_days first = time.date.year() / std::chrono::January / 1;
  return static_cast<double>((time.day - first).count() + 1);
}
double days_in_month(const CalendarTime& time) {
  const auto last = time.date.year() / time.date.month() / std::chrono::last;
  return static_cast<double>(static_cast<unsigned>(last.day()));
}
double hour(const CalendarTime& time) {
  const std::int64_t hours_passed = time.second / 3600;
  return static_cast<double>(hours_passed);
}
double minute(const CalendarTime& time) {
  const std::int64_t minutes_passed = time.second / 60;
  return static_cast<double>(minutes_passed % 60);
}

}  // namespace

void add_date_functions(std::vector<Function>& table) {
  struct Entry {
    std::string_view name;
    ElementFunction body;
  };
  const Entry entries[] = {
      {"year", [](double v) { return part_of(v, year); }},
      {"month", [](double v) { return part_of(v, month); }},
      {"day_of_month", [](double v) { return part_of(v, day_of_month); }},
      {"day_of_week", [](double v) { return part_of(v, day_of_week); }},
      {"day_of_year", [](double v) { return part_of(v, day_of_year); }},
      {"days_in_month", [](double v) { return part_of(v, days_in_month); }},
      {"hour", [](double v) { return part_of(v, hour); }},
      {"minute", [](double v) { return part_of(v, minute); }},
  };
  for (const Entry& entry : entries) {
    Function function;
    function.name = entry.name;
    function.parameters = {ValueType::vector};
    function.optional = 1;
    function.body = entry.body;
    table.push_back(std::move(function));
  }
}

}  // namespace tocsin::expr
