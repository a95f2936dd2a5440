#include "known_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tocsin/config/metrics.hpp"
#include "words.hpp"

namespace tocsin::config {
namespace {

std::vector<std::string> sorted_names() {
  std::vector<std::string> names;
  for (const MetricsOf& each : metrics()) {
    for (const Metric& metric : each.metrics) {
      for (std::string& name : names_of(metric)) names.push_back(std::move(name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string_view to_string(MetricKind kind) {
  switch (kind) {
    case MetricKind::gauge:
      return "gauge";
    case MetricKind::counter:
      return "counter";
    case MetricKind::histogram:
      return "histogram";
    case MetricKind::untyped:
      break;
  }
  return "untyped";
}

std::span<const Metric> metrics_of(std::string_view section) {
  for (const MetricsOf& each : metrics()) {
    if (each.section == section) return each.metrics;
  }
  return {};
}

std::vector<std::string> names_of(const Metric& metric) {
  return words(metric.names);
}

std::string labels_text(const Metric& metric) {
  return fmt::format("{}", fmt::join(words(metric.labels), ", "));
}

std::string series_text(const std::string& name, const Metric& metric) {
  if (metric.labels.empty()) return name;
  return fmt::format("{}{{{}}}", name, labels_text(metric));
}

const std::vector<std::string>& known_metrics() {
  static const std::vector<std::string> names = sorted_names();
  return names;
}

}  // namespace tocsin::config
