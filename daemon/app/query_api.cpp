#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "app/json.hpp"
#include "app/notes.hpp"
#include "app/routes.hpp"
#include "loop/clock.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

constexpr std::size_t kLongestQuery = 16U << 10U;

/// As Prometheus's API says what is wrong.
http::Response problem(int status, std::string_view type, std::string_view what) {
  json::object out;
  out["status"] = "error";
  out["errorType"] = text(type);
  out["error"] = text(what);
  return http::json_response(status, json::serialize(out) + '\n');
}

/// In words, for clients of Prometheus, and in parts, for whoever can point at the place.
http::Response misread(const expr::ParseError& error) {
  json::object out;
  out["status"] = "error";
  out["errorType"] = "bad_data";
  std::string words = error.message + " at character " + std::to_string(error.offset + 1);
  if (!error.hint.empty()) words += " (" + error.hint + ")";
  out["error"] = text(words);
  out["message"] = text(error.message);
  out["hint"] = text(error.hint);
  out["offset"] = error.offset;
  out["length"] = error.length;
  return http::json_response(400, json::serialize(out) + '\n');
}

/// Unix seconds, with fractions, or RFC 3339.
std::optional<WallTime> parse_time(std::string_view given) {
  if (const auto number = parse_number(given)) {
    if (!std::isfinite(*number) || std::abs(*number) > 1e12) return std::nullopt;
    return WallTime(Duration(std::llround(*number * 1000)));
  }
  const auto parsed = parse_rfc3339(given);
  if (!parsed) return std::nullopt;
  return *parsed;
}

/// Seconds, with fractions, or a duration.
std::optional<Duration> parse_step(std::string_view given) {
  auto step = parse_duration(given).value_or(Duration::zero());
  if (const auto number = parse_number(given); number && std::abs(*number) < 1e9)
    step = Duration(std::llround(*number * 1000));
  return step > Duration::zero() ? std::optional<Duration>(step) : std::nullopt;
}

std::string quoted(std::string_view text) {
  return json::serialize(json::value(json::string(text.data(), text.size())));
}

/// `[time, "value"]`. By hand: Prometheus's own clients read the time as decimal digits, and the
/// JSON library writes doubles with an exponent.
std::string sample(WallTime at, std::string_view value) {
  const double seconds = std::chrono::duration<double>(at.time_since_epoch()).count();
  return fmt::format("[{:.3f},{}]", seconds, quoted(value));
}

/// `resultType` and `result`, as members of an object; `empty` where there is no series.
struct QueryData {
  std::string members;
  bool empty = false;
};

/// A range's series: their samples by the calendar.
QueryData data_of(const expr::Matrix& matrix, Now now) {
  std::string result;
  for (const expr::RangeSeries& series : matrix) {
    std::string values;
    for (const auto& [time, value] : series.points) {
      values += values.empty() ? "" : ",";
      values += sample(now.wall + (time - now.boot), format_number(value));
    }
    result += result.empty() ? "" : ",";
    result += R"({"metric":)" + json::serialize(json_of(series.labels)) + R"(,"values":[)" +
              values + "]}";
  }
  return {R"("resultType":"matrix","result":[)" + result + "]", matrix.empty()};
}

QueryData data_of(const expr::Value& value, WallTime at, Now now) {
  if (const double* const number = std::get_if<double>(&value))
    return {R"("resultType":"scalar","result":)" + sample(at, format_number(*number))};
  if (const std::string* const words = std::get_if<std::string>(&value))
    return {R"("resultType":"string","result":)" + sample(at, valid_utf8(*words))};
  if (const expr::Matrix* const matrix = std::get_if<expr::Matrix>(&value))
    return data_of(*matrix, now);
  std::string result;
  const auto& vector = std::get<expr::Vector>(value);
  for (const expr::Element& element : vector) {
    result += result.empty() ? "" : ",";
    result += R"({"metric":)" + json::serialize(json_of(element.labels)) + R"(,"value":)" +
              sample(at, format_number(element.value)) + "}";
  }
  return {R"("resultType":"vector","result":[)" + result + "]", vector.empty()};
}

/// The expression, or the answer that says why it is none.
tl::expected<expr::Expression, http::Response> expression_of(std::string_view query) {
  if (query.empty()) return tl::unexpected(problem(400, "bad_data", "the query is missing"));
  if (query.size() > kLongestQuery)
    return tl::unexpected(problem(400, "bad_data", "the query is too long"));
  auto expression = expr::Expression::parse(query);
  if (!expression) return tl::unexpected(misread(expression.error()));
  return std::move(*expression);
}

BootTime on_boot_clock(WallTime time, Now now) {
  return now.boot + (time - now.wall);
}

using Data = tl::expected<QueryData, http::Response>;

Data evaluated(const Surface& surface, const expr::Expression& expression, WallTime at, Now now) {
  const auto result = surface.driver.evaluator().query(expression, on_boot_clock(at, now), now);
  if (!result) return tl::unexpected(problem(422, "execution", result.error().text));
  return data_of(result->value, at, now);
}

Data evaluated_range(const Surface& surface, const expr::Expression& expression,
                     const http::Request& asked, Now now) {
  const auto bad = [](std::string_view what) {
    return tl::unexpected(problem(400, "bad_data", what));
  };
  std::optional<WallTime> ends[2];
  constexpr std::string_view kEnds[] = {"start", "end"};
  for (std::size_t i = 0; i < 2; ++i) {
    ends[i] = parse_time(asked.parameter(kEnds[i]).value_or(""));
    if (!ends[i]) return bad(fmt::format("the parameter `{}` is no time", kEnds[i]));
  }
  const auto step = parse_step(asked.parameter("step").value_or(""));
  if (!step) return bad("the parameter `step` is no duration above 0");
  if (*ends[1] < *ends[0]) return bad("`end` lies before `start`");
  const auto result = surface.driver.evaluator().query_range(
      expression, on_boot_clock(*ends[0], now), on_boot_clock(*ends[1], now), *step, now);
  if (!result) return tl::unexpected(problem(422, "execution", result.error().text));
  return data_of(*result, now);
}

http::Response success(const Data& data, const std::string& more = "") {
  if (!data) return data.error();
  return http::json_response(200,
                             R"({"status":"success","data":{)" + data->members + more + "}}\n");
}

/// The request with the fields of a form among its parameters.
std::optional<http::Request> with_form(const http::Request& request) {
  http::Request asked = request;
  if (request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
    const auto form = http::parse_form(request.body);
    if (!form) return std::nullopt;
    asked.query.insert(asked.query.begin(), form->begin(), form->end());
  }
  return asked;
}

}  // namespace

http::Response answer_promql(const Surface& surface, const http::Request& request) {
  const auto asked = with_form(request);
  if (!asked) return problem(400, "bad_data", "the form is malformed");
  const Now now = loop::now();
  WallTime at = now.wall;
  if (const auto given = asked->parameter("time")) {
    const auto parsed = parse_time(*given);
    if (!parsed) return problem(400, "bad_data", "the parameter `time` is no time");
    at = *parsed;
  }
  const auto expression = expression_of(asked->parameter("query").value_or(""));
  if (!expression) return expression.error();
  return success(evaluated(surface, *expression, at, now));
}

http::Response answer_promql_range(const Surface& surface, const http::Request& request) {
  const auto asked = with_form(request);
  if (!asked) return problem(400, "bad_data", "the form is malformed");
  const auto expression = expression_of(asked->parameter("query").value_or(""));
  if (!expression) return expression.error();
  return success(evaluated_range(surface, *expression, *asked, loop::now()));
}

http::Response answer_query(const Surface& surface, const http::Request& request) {
  const Now now = loop::now();
  const auto expression = expression_of(request.parameter("expr").value_or(""));
  if (!expression) return expression.error();
  const Data data = request.parameter("step") ? evaluated_range(surface, *expression, request, now)
                                              : evaluated(surface, *expression, now.wall, now);
  if (!data || !data->empty) return success(data);
  const auto notes = notes_on(*expression, surface.view.engine);
  return success(data, R"(,"notes":)" + json::serialize(json_of_notes(notes)));
}

http::Response answer_build_info() {
  json::object info;
  info["application"] = "tocsin";
  info["version"] = text(kVersion);
  for (const char* const unknown : {"revision", "branch", "buildUser", "buildDate", "goVersion"})
    info[unknown] = "";
  json::object out;
  out["status"] = "success";
  out["data"] = std::move(info);
  return http::json_response(200, json::serialize(out) + '\n');
}

}  // namespace tocsin::app
