#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "app/json.hpp"
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

std::string said(const expr::ParseError& error) {
  std::string out = error.message + " at character " + std::to_string(error.offset + 1);
  if (!error.hint.empty()) out += " (" + error.hint + ")";
  return out;
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

std::string quoted(std::string_view text) {
  return json::serialize(json::value(json::string(text.data(), text.size())));
}

/// `[time, "value"]`. By hand: Prometheus's own clients read the time as decimal digits, and the
/// JSON library writes doubles with an exponent.
std::string sample(WallTime at, std::string_view value) {
  const double seconds = std::chrono::duration<double>(at.time_since_epoch()).count();
  return fmt::format("[{:.3f},{}]", seconds, quoted(value));
}

/// `resultType` and `result` of an instant query.
std::string data_of(const expr::Value& value, WallTime at) {
  if (const double* const number = std::get_if<double>(&value))
    return R"({"resultType":"scalar","result":)" + sample(at, format_number(*number)) + "}";
  if (const std::string* const words = std::get_if<std::string>(&value))
    return R"({"resultType":"string","result":)" + sample(at, valid_utf8(*words)) + "}";
  std::string result;
  for (const expr::Element& element : std::get<expr::Vector>(value)) {
    result += result.empty() ? "" : ",";
    result += R"({"metric":)" + json::serialize(json_of(element.labels)) + R"(,"value":)" +
              sample(at, format_number(element.value)) + "}";
  }
  return R"({"resultType":"vector","result":[)" + result + "]}";
}

http::Response evaluated(const Surface& surface, std::string_view query, WallTime at) {
  if (query.empty()) return problem(400, "bad_data", "the parameter `query` is missing");
  if (query.size() > kLongestQuery) return problem(400, "bad_data", "the query is too long");
  const auto expression = expr::Expression::parse(query);
  if (!expression) return problem(400, "bad_data", said(expression.error()));
  const auto result = surface.driver.query(*expression, at);
  if (!result) return problem(422, "execution", result.error().text);
  return http::json_response(200,
                             R"({"status":"success","data":)" + data_of(result->value, at) + "}\n");
}

}  // namespace

http::Response answer_promql(const Surface& surface, const http::Request& request) {
  http::Request asked = request;
  if (request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
    const auto form = http::parse_form(request.body);
    if (!form) return problem(400, "bad_data", "the form is malformed");
    asked.query.insert(asked.query.begin(), form->begin(), form->end());
  }
  WallTime at = loop::now().wall;
  if (const auto given = asked.parameter("time")) {
    const auto parsed = parse_time(*given);
    if (!parsed) return problem(400, "bad_data", "the parameter `time` is no time");
    at = *parsed;
  }
  return evaluated(surface, asked.parameter("query").value_or(""), at);
}

http::Response answer_query(const Surface& surface, const http::Request& request) {
  return evaluated(surface, request.parameter("expr").value_or(""), loop::now().wall);
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
