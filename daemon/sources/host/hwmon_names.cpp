#include "sources/host/hwmon_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "tocsin/base/text.hpp"

namespace tocsin::sources::host {
namespace {

constexpr double kMilli = 1e-3;
constexpr double kMicro = 1e-6;

constexpr std::array<std::string_view, 10> kTypes = {"cpu", "curr",      "energy", "fan",  "freq",
                                                     "in",  "intrusion", "power",  "temp", "vrm"};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::string chip_word(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char low = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    out += (low >= 'a' && low <= 'z') || is_digit(low) || low == ':' ? low : '_';
  }
  const std::size_t start = out.find_first_not_of('_');
  const std::size_t end = out.find_last_not_of('_');
  return start == std::string::npos ? "" : out.substr(start, end - start + 1);
}

std::optional<SensorFile> parse_sensor_file(std::string_view name) {
  const auto* const digits = std::ranges::find_if(name, is_digit);
  const auto* const after = std::find_if_not(digits, name.end(), is_digit);
  const std::string_view type(name.begin(), digits);
  if (std::ranges::find(kTypes, type) == kTypes.end()) {
    return std::nullopt;
  }
  if (after != name.end() && *after != '_') {
    return std::nullopt;
  }
  SensorFile file;
  file.type = std::string(type);
  file.sensor = std::string(name.begin(), after);
  file.property = after == name.end() ? std::string() : std::string(after + 1, name.end());
  return file;
}

SensorMetric metric_of(const SensorFile& file) {
  const std::string& property = file.property;
  std::string name = "node_hwmon_" + file.type;
  if (!property.empty() && property != "input") {
    name += "_" + chip_word(property);
  }
  if (is_one_of(property, {"fault", "alarm"})) {
    return {name};
  }
  if (property == "beep") {
    return {name + "_enabled"};
  }
  if (is_one_of(file.type, {"in", "cpu"})) {
    return {name + "_volts", kMilli};
  }
  if (file.type == "temp" && property != "type") {
    return {name + "_celsius", kMilli};
  }
  if (file.type == "curr") {
    return {name + "_amps", kMilli};
  }
  if (file.type == "energy") {
    return {name + "_joule_total", kMicro, MetricType::counter};
  }
  if (file.type == "power" && property == "accuracy") {
    return {name, kMicro};
  }
  if (file.type == "power" && property.starts_with("average_interval")) {
    return {name + "_seconds", kMilli};
  }
  if (file.type == "power") {
    return {name + "_watt", kMicro};
  }
  if (file.type == "fan" && is_one_of(property, {"input", "min", "max", "target"})) {
    return {name + "_rpm"};
  }
  if (file.type == "freq" && property == "input") {
    return {name + "_freq_mhz", kMicro};
  }
  return {name};
}

}  // namespace tocsin::sources::host
