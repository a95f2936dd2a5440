// How node_exporter names what a monitoring chip measures: from the attribute's file name to the
// metric, its unit and its factor. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sources/exposition.hpp"

namespace tocsin::sources::host {

/// "temp12_crit_alarm": a sensor (temp12) of a type (temp), and a property of it (crit_alarm).
struct SensorFile {
  std::string type;
  std::string sensor;
  std::string property;  ///< "" for a file that is named like the sensor
  friend bool operator==(const SensorFile&, const SensorFile&) = default;
};

/// Nothing for files that are no attribute of a known kind of sensor.
[[nodiscard]] std::optional<SensorFile> parse_sensor_file(std::string_view name);

struct SensorMetric {
  std::string name;
  double factor = 1;
  MetricType type = MetricType::gauge;
};
[[nodiscard]] SensorMetric metric_of(const SensorFile& file);

/// Lower case, with `_` for what a name cannot hold, and none at the ends.
[[nodiscard]] std::string chip_word(std::string_view text);

}  // namespace tocsin::sources::host
