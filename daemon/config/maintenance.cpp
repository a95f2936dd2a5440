#include "maintenance.hpp"

#include <algorithm>

#include "fields.hpp"
#include "zone_values.hpp"

namespace tocsin::config {
namespace {

constexpr std::string_view kSection = "maintenance.*";

/// "02:30" as the time since midnight.
std::optional<Duration> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t at : {0U, 1U, 3U, 4U}) {
    if (!is_digit(text[at])) return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (hour > 23 || minute > 59) return std::nullopt;
  return hours(hour) + minutes(minute);
}

class WindowReader {
 public:
  WindowReader(const Found& found, Report& report)
      : fields_(kSection, {found.table}, found.place), found_(found), report_(report) {
    window_.name = found.name;
  }

  incident::MaintenanceWindow read() {
    window_.reason = fields_.text("reason");
    window_.author = fields_.text("author");
    window_.lasts = fields_.duration("lasts");
    read_match();
    read_days();
    read_start();
    read_zone();
    check_name();
    check_end();
    return std::move(window_);
  }

 private:
  void read_match() {
    if (!fields_.has("match")) return;
    auto match = Matchers::parse(fields_.text("match"));
    if (!match) return;  // the survey has said so
    if (match->empty()) {
      report_.error(fields_.place("match"), "a window without a matcher would silence everything",
                    "where that is meant, say so: '{host=~\".+\"}'");
    }
    window_.match = *std::move(match);
  }

  void read_days() {
    const Entry* on = fields_.find("on");
    window_.on = on == nullptr ? std::vector<std::string>{"daily"} : fields_.texts("on");
    if (on != nullptr && on->value.kind == Kind::array && on->value.items.empty()) {
      report_.error(on->value.place, "`on` names no day",
                    "without `on` it recurs daily; for example on = [\"saturday\", \"last day\"]");
    }
    for (std::size_t i = 0; i < window_.on.size(); ++i) {
      const auto rule = incident::parse_day_rule(window_.on[i]);
      if (rule) {
        window_.days.push_back(*rule);
        continue;
      }
      const Value& value = on->value;
      const Place at = value.kind == Kind::array ? value.items[i].place : value.place;
      static const std::vector<std::string> kKnown = {"daily",     "monday",   "tuesday",
                                                      "wednesday", "thursday", "friday",
                                                      "saturday",  "sunday",   "last day"};
      report_.error(at, "`on`: " + rule.error().text, did_you_mean(window_.on[i], kKnown));
    }
  }

  void read_start() {
    if (!fields_.has("start")) return;
    const std::string text = fields_.text("start");
    if (const auto start = time_of_day(text)) {
      window_.start = *start;
    } else if (!text.empty()) {
      report_.error(fields_.place("start"), fmt::format("`start`: \"{}\" is no time of day", text),
                    "from \"00:00\" to \"23:59\"");
    }
  }

  void read_zone() {
    if (const Entry* zone = fields_.find("zone")) window_.zone = named_zone(zone->value, report_);
  }

  /// `maintenance end` takes either a name or a number.
  void check_name() {
    if (!std::all_of(window_.name.begin(), window_.name.end(), is_digit)) return;
    report_.error(found_.place, "a window's name cannot be a number",
                  "numbers name those that are made by hand");
  }

  /// It always ends: an hour at least before it begins anew.
  void check_end() {
    if (window_.days.empty()) return;
    const auto pause = incident::shortest_pause(window_.days);
    if (!pause || window_.lasts + hours(1) <= *pause) return;
    report_.error(fields_.place("lasts"),
                  fmt::format("it lasts {} and begins anew after {}: hardly ever would anybody be "
                              "told",
                              format_duration(window_.lasts), format_duration(*pause)),
                  fmt::format("let it end an hour before that: lasts = \"{}\"",
                              format_duration(*pause - hours(1))));
  }

  Fields fields_;
  const Found& found_;
  Report& report_;
  incident::MaintenanceWindow window_;
};

void check_rules_named(const incident::MaintenanceWindow& window, Place place,
                       const std::vector<std::string>& rules, Report& report) {
  for (const Matcher& matcher : window.match.all()) {
    const bool names = (matcher.label() == "rule" || matcher.label() == "alertname") &&
                       matcher.op() == MatchOp::equal;
    if (!names || std::find(rules.begin(), rules.end(), matcher.value()) != rules.end()) continue;
    report.warning(place, fmt::format("no rule is called `{}`", matcher.value()),
                   did_you_mean(matcher.value(), rules));
  }
}

}  // namespace

void check_maintenance(const Survey& survey,
                       const std::vector<incident::MaintenanceWindow>& windows,
                       const std::vector<std::string>& rules, Report& report) {
  if (!report.complete()) return;
  const auto found = survey.of(kSection);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Entry* match = found[i]->table->find("match");
    check_rules_named(windows[i], match == nullptr ? found[i]->place : match->value.place, rules,
                      report);
  }
}

std::vector<incident::MaintenanceWindow> read_maintenance(const Survey& survey, Report& report) {
  std::vector<incident::MaintenanceWindow> windows;
  for (const Found* found : survey.of(kSection)) {
    windows.push_back(WindowReader(*found, report).read());
  }
  return windows;
}

}  // namespace tocsin::config
