#include "app/matrix.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "tocsin/backtest/recording.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

const json::value& at(const json::value& object, std::string_view name) {
  static const json::value kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.get_object().find(name);
  return found == object.get_object().end() ? kNothing : found->value();
}

std::string shown_text(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

tl::unexpected<Error> no_matrix(std::string_view why) {
  return fail(ErrorCode::corrupt, fmt::format("its answer is no range query's: {}", why));
}

Result<std::vector<series::Chunk>> chunks_in(const json::value& values) {
  if (!values.is_array()) return no_matrix("a series without values");
  backtest::ChunkWriter writer;
  for (const json::value& pair : values.get_array()) {
    if (!pair.is_array() || pair.get_array().size() != 2) return no_matrix("a value without time");
    const json::value& time = pair.get_array()[0];
    const json::value& value = pair.get_array()[1];
    if (!time.is_number() || !value.is_string()) return no_matrix("a value of another kind");
    const auto number = parse_number(std::string_view(value.get_string()));
    if (!number) return no_matrix("a value that is no number");
    writer.add({std::llround(time.to_number<double>() * 1000), series::plain_nan(*number)});
  }
  return writer.take();
}

}  // namespace

Result<MatrixAnswer> read_matrix(std::string_view body) {
  json::error_code error;
  const json::value answer = json::parse(body, error);
  if (error) {
    return fail(
        ErrorCode::corrupt,
        fmt::format("its answer ends early or is no JSON ({}, after {} bytes): {}", error.message(),
                    body.size(), shortened(printable(body.substr(0, 60)), 60)));
  }
  if (shown_text(at(answer, "status")) != "success") return no_matrix("no status \"success\"");
  const json::value& data = at(answer, "data");
  if (shown_text(at(data, "resultType")) != "matrix") return no_matrix("no matrix");
  const json::value& result = at(data, "result");
  if (!result.is_array()) return no_matrix("no result");
  MatrixAnswer out;
  for (const json::value& one : result.get_array()) {
    const json::value& metric = at(one, "metric");
    if (!metric.is_object()) return no_matrix("a series without labels");
    Labels labels;
    for (const auto& [name, value] : metric.get_object()) labels.set(name, shown_text(value));
    auto chunks = chunks_in(at(one, "values"));
    if (!chunks) return tl::unexpected(chunks.error());
    for (series::Chunk& chunk : *chunks) out.series.push_back({labels, std::move(chunk)});
  }
  const json::value& warnings = at(answer, "warnings");
  if (warnings.is_array()) {
    for (const json::value& one : warnings.get_array()) out.warnings.push_back(shown_text(one));
  }
  return out;
}

std::string api_error(std::string_view body) {
  json::error_code error;
  const json::value answer = json::parse(body, error);
  if (error || shown_text(at(answer, "status")) != "error") return "";
  return shown_text(at(answer, "error"));
}

}  // namespace tocsin::app
