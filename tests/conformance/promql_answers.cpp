// Evaluates many expressions over one set of samples, for comparison with another engine.
// Usage: promql-answers SAMPLES < REQUESTS. SAMPLES is a script of `load` commands. A request is a
// line of fields separated by tabs: TIME EXPRESSION, or FROM TO STEP EXPRESSION, times in
// milliseconds. For each request one line of JSON goes to standard output:
//   {"error":"…"}  {"scalar":"1"}  {"string":"a"}  {"series":[[{"label":"value"},{"0":"1"}],…]}
#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>

#include "outcome.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::conformance {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : valid_utf8(text)) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string json(const ExpectedSeries& series) {
  std::string labels;
  for (const LabelView& label : series.labels) {
    labels += (labels.empty() ? "" : ",") + quoted(label.name) + ":" + quoted(label.value);
  }
  std::string values;
  for (const auto& [number, value] : series.values) {
    values +=
        fmt::format("{}\"{}\":\"{}\"", values.empty() ? "" : ",", number, format_number(value));
  }
  return "[{" + labels + "},{" + values + "}]";
}

std::string json(const Result<Outcome>& outcome) {
  if (!outcome) return "{\"error\":" + quoted(outcome.error().text) + "}";
  if (outcome->scalar) return "{\"scalar\":\"" + format_number(*outcome->scalar) + "\"}";
  if (outcome->text) return "{\"string\":" + quoted(*outcome->text) + "}";
  std::string all;
  for (const ExpectedSeries& series : outcome->series) {
    all += (all.empty() ? "" : ",") + json(series);
  }
  return "{\"series\":[" + all + "]}";
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
  return fields;
}

series::Millis millis_of(const std::string& field) {
  series::Millis value = 0;
  std::from_chars(field.data(), field.data() + field.size(), value);
  return value;
}

int answer(const char* samples) {
  std::ostringstream text;
  text << std::ifstream(samples).rdbuf();
  const auto commands = read_script(text.str());
  if (!commands) {
    fmt::print(stderr, "{}: {}\n", samples, commands.error().text);
    return 2;
  }
  World world;
  for (const Command& command : *commands) world.load(command.load);
  for (std::string line; std::getline(std::cin, line);) {
    const auto fields = fields_of(line);
    if (fields.size() == 2) {
      fmt::print("{}\n", json(world.instant(fields[1], millis_of(fields[0]))));
    } else if (fields.size() == 4) {
      fmt::print("{}\n", json(world.range(fields[3], millis_of(fields[0]), millis_of(fields[1]),
                                          millis_of(fields[2]))));
    } else {
      fmt::print(stderr, "no request: {}\n", line);
      return 2;
    }
  }
  return 0;
}

}  // namespace
}  // namespace tocsin::conformance

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: promql-answers SAMPLES < REQUESTS\n");
    return 2;
  }
  return tocsin::conformance::answer(argv[1]);
}
