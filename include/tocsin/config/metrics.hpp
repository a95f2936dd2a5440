// The table of what sources give: the names that rules are written on. Help, reference and manual
// show it; `check` tells a mistyped name by it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::config {

enum class MetricKind { gauge, counter, histogram, untyped };
[[nodiscard]] std::string_view to_string(MetricKind kind);
inline constexpr auto kGauge = MetricKind::gauge;
inline constexpr auto kCounter = MetricKind::counter;
inline constexpr auto kHistogram = MetricKind::histogram;
inline constexpr auto kUntyped = MetricKind::untyped;

/// Metrics of which one sentence tells. A name that does not say its unit has it in `meaning`.
struct Metric {
  std::string_view names;  ///< separated by spaces
  MetricKind kind;
  std::string_view labels;  ///< besides job and instance; separated by spaces
  std::string_view meaning;
};

struct MetricsOf {
  std::string_view section;  ///< the pattern of the source's section; "" : of every target
  std::span<const Metric> metrics;
};

[[nodiscard]] std::span<const MetricsOf> metrics();
/// What a source of that section gives; none where that depends on what it asks.
[[nodiscard]] std::span<const Metric> metrics_of(std::string_view section);
[[nodiscard]] std::vector<std::string> names_of(const Metric& metric);
/// "cpu, mode"
[[nodiscard]] std::string labels_text(const Metric& metric);
/// As one writes the series: "files_newest_info{path}".
[[nodiscard]] std::string series_text(const std::string& name, const Metric& metric);

}  // namespace tocsin::config
