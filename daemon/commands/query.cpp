#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>

#include "commands/ask.hpp"
#include "commands/plot.hpp"
#include "commands/table.hpp"
#include "commands/terminal.hpp"
#include "http/control_client.hpp"
#include "loop/clock.hpp"
#include "tocsin/base/columns.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostCourses = 12;

struct Point {
  WallTime at;
  std::string value;
};

struct NamedSeries {
  std::string name;
  std::vector<Point> points;
};

/// Of `[time, value]`.
std::optional<Point> point_of(const json::value& sample) {
  if (!sample.is_array() || sample.get_array().size() != 2) return std::nullopt;
  const json::value& time = sample.get_array()[0];
  const json::value& value = sample.get_array()[1];
  if (!time.is_number() || !value.is_string()) return std::nullopt;
  return Point{WallTime(Duration(std::llround(time.to_number<double>() * 1000))),
               printable(std::string_view(value.get_string()))};
}

std::string name_of(const json::value& series) {
  const std::string labels = labels_of(member_of(series, "metric"));
  return labels.empty() ? "{}" : labels;
}

std::vector<NamedSeries> series_of(const json::value& result) {
  std::vector<NamedSeries> all;
  for (const json::value& one : result.get_array()) {
    NamedSeries series{name_of(one), {}};
    const json::value& values = member_of(one, "values");
    if (values.is_array()) {
      for (const json::value& sample : values.get_array())
        if (auto point = point_of(sample)) series.points.push_back(std::move(*point));
    }
    all.push_back(std::move(series));
  }
  return all;
}

int print_none(const json::value& data) {
  fmt::print("no series\n");
  for (const std::string& note : texts_of(array_of(data, "notes")))
    fmt::print(stderr, "tocsin: {}\n", note);
  return well;
}

std::optional<double> finite(const std::string& value) {
  const auto number = parse_number(value);
  return number && std::isfinite(*number) ? std::optional<double>(*number) : std::nullopt;
}

/// Without an exponent, save of what would be mostly zeros.
std::string plain(const std::string& value) {
  const auto number = value.find('e') == std::string::npos ? std::nullopt : finite(value);
  if (!number || std::abs(*number) >= 1e15 || std::abs(*number) < 1e-6) return value;
  std::array<char, 40> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), *number,
                                          std::chars_format::fixed);
  return error == std::errc() ? std::string(digits.data(), end) : value;
}

int print_now(const json::value& result) {
  Table table({"SERIES", "VALUE"});
  for (const json::value& one : result.get_array()) {
    const auto point = point_of(member_of(one, "value"));
    table.add({{name_of(one)}, {point ? plain(point->value) : ""}});
  }
  table.print();
  return well;
}

int print_values(const std::vector<NamedSeries>& all) {
  Table table({"TIME", "VALUE", "SERIES"});
  for (const NamedSeries& series : all)
    for (const Point& point : series.points)
      table.add({{format_rfc3339(point.at)}, {plain(point.value)}, {series.name}});
  table.print();
  return well;
}

Course course_of(const NamedSeries& series, const Span& span) {
  Course course(static_cast<std::size_t>((span.to - span.from) / span.step) + 1);
  for (const Point& point : series.points) {
    const auto step = (point.at - span.from + span.step / 2) / span.step;
    if (step >= 0 && static_cast<std::size_t>(step) < course.size())
      course[static_cast<std::size_t>(step)] = finite(point.value);
  }
  return course;
}

std::array<std::string, 2> extremes(const Course& course) {
  std::optional<double> least;
  std::optional<double> most;
  for (const auto& value : course) {
    if (!value) continue;
    least = std::min(least.value_or(*value), *value);
    most = std::max(most.value_or(*value), *value);
  }
  const auto shown = [](const std::optional<double>& value) {
    return value ? format_quantity(*value, Unit::none) : std::string();
  };
  return {shown(least), shown(most)};
}

/// What each course is: in its colour, or where there is none as a line of its own.
void print_legend(const std::vector<NamedSeries>& all, const std::vector<Course>& courses,
                  std::size_t width, bool colour) {
  const bool lines = !colour && courses.size() > 1;
  Table table(lines ? std::vector<std::string>{"MIN", "MAX", "LAST", "COURSE", "SERIES"}
                    : std::vector<std::string>{"MIN", "MAX", "LAST", "SERIES"});
  for (std::size_t i = 0; i < courses.size(); ++i) {
    const auto [least, most] = extremes(courses[i]);
    const auto last = all[i].points.empty() ? std::nullopt : finite(all[i].points.back().value);
    std::vector<Cell> row = {{least}, {most}};
    row.push_back({last                    ? format_quantity(*last, Unit::none)
                   : all[i].points.empty() ? ""
                                           : all[i].points.back().value});
    if (lines) row.push_back({sparkline(courses[i], width / 3)});
    row.push_back(
        {shortened(all[i].name, width - std::min(width - 10, lines ? width / 3 + 30 : 30)),
         colour ? course_look(i) : Look::plain});
    table.add(std::move(row));
  }
  table.print();
  if (all.size() > courses.size())
    fmt::print("and {} more series: --table or --json shows all\n", all.size() - courses.size());
}

int draw(const std::vector<NamedSeries>& all, const Span& span) {
  const bool colour = colour_wanted();
  const std::size_t width = terminal_width();
  std::vector<Course> courses;
  const std::size_t most = colour ? kCourseLooks : kMostCourses;
  for (std::size_t i = 0; i < std::min(all.size(), most); ++i)
    courses.push_back(course_of(all[i], span));
  // Without colours nobody could tell one course on a canvas from the other.
  if (colour || courses.size() == 1) {
    const std::string drawn = plot(courses, {.width = width}, colour);
    const std::string from = moment_of(format_rfc3339(span.from));
    const std::string to = moment_of(format_rfc3339(span.to));
    const std::size_t margin = plot_margin(courses);
    fmt::print("{}", drawn);
    if (!drawn.empty()) {
      fmt::print("{:{}}{}{:>{}}\n\n", "", margin, from, to,
                 width > margin + from.size() ? width - margin - from.size() : to.size() + 1);
    }
  }
  print_legend(all, courses, width, colour);
  return well;
}

/// The expression with a caret under what is wrong with it, as `check` shows a rule's.
int refused_expression(const Answer& answer, const std::string& expression) {
  const std::string message = shown_member(answer.body, "message");
  if (message.empty()) return refused(answer);
  const std::string hint = shown_member(answer.body, "hint");
  const auto offset =
      std::min(static_cast<std::size_t>(number_of(answer.body, "offset")), expression.size());
  const auto length = static_cast<std::size_t>(number_of(answer.body, "length"));
  const std::string_view text = expression;
  // The line that it stands in.
  const std::size_t before = text.substr(0, offset).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  const std::size_t indent = width_of(printable(line.substr(0, offset - begin)));
  const std::size_t under = width_of(printable(line.substr(offset - begin).substr(0, length)));
  fmt::print(stderr, "tocsin: {}\n    {}\n    {}^{}{}{}\n", message, printable(line),
             std::string(indent, ' '), std::string(std::max<std::size_t>(under, 1) - 1, '~'),
             hint.empty() ? "" : " ", hint);
  return usage_or_configuration;
}

/// What the daemon answers; nothing where there is none to show, and how the command ends then.
/// `span`: the parameters of a range.
std::optional<json::value> data_of(const Common& common, const std::string& expression,
                                   const std::string& span, int& ended) {
  const auto answer = get(common, "/query?expr=" + http::url_encoded(expression) + span);
  if (!answer) {
    ended = unreached(answer.error());
    return std::nullopt;
  }
  if (answer->status != 200) {
    ended = refused_expression(*answer, expression);
    return std::nullopt;
  }
  const json::value& data = member_of(answer->body, "data");
  ended = well;
  if (!common.json) return data;
  print_json(data);
  return std::nullopt;
}

int over_span(const Common& common, const Query& what) {
  const bool drawn = what.plot || (on_terminal() && !what.table);
  const std::size_t points = drawn ? 2 * (terminal_width() - 10) : 60;
  const auto span = span_of(what.span, loop::now().wall, points);
  if (!span) {
    fmt::print(stderr, "tocsin: {}\n", printable(span.error().text));
    return usage_or_configuration;
  }
  const auto seconds = [](Duration duration) {
    return fmt::format("{:.3f}", in_seconds(duration));
  };
  int ended = well;
  const auto data =
      data_of(common, what.expression,
              "&start=" + seconds(span->from.time_since_epoch()) +
                  "&end=" + seconds(span->to.time_since_epoch()) + "&step=" + seconds(span->step),
              ended);
  if (!data) return ended;
  const json::value& result = member_of(*data, "result");
  const auto all = result.is_array() ? series_of(result) : std::vector<NamedSeries>();
  if (all.empty()) return print_none(*data);
  return drawn ? draw(all, *span) : print_values(all);
}

}  // namespace

int query(const Common& common, const Query& what) {
  if (what.span.any() || what.plot || what.table) return over_span(common, what);
  int ended = well;
  const auto data = data_of(common, what.expression, "", ended);
  if (!data) return ended;
  const json::value& result = member_of(*data, "result");
  const std::string type = text_of(*data, "resultType");
  if (result.is_array() && result.get_array().empty()) return print_none(*data);
  if (result.is_array() && type == "vector") return print_now(result);
  if (result.is_array() && type == "matrix") return print_values(series_of(result));
  const auto point = point_of(result);
  fmt::print("{}\n", point ? point->value : "");
  return well;
}

}  // namespace tocsin::commands
