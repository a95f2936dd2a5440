#include "measured_labels.hpp"

#include <algorithm>

#include "tocsin/config/metrics.hpp"
#include "words.hpp"

namespace tocsin::config {

MeasuredLabels::MeasuredLabels(const std::vector<Source>& sources) {
  for (const Source& source : sources) {
    strangers_ |= std::holds_alternative<PrometheusSource>(source.kind);
    for (const LabelView& label : source.target.labels)
      if (std::find(everywhere_.begin(), everywhere_.end(), label.name) == everywhere_.end())
        everywhere_.emplace_back(label.name);
  }
  for (const MetricsOf& each : metrics()) {
    for (const Metric& metric : each.metrics) {
      if (metric.kind == MetricKind::histogram) continue;
      for (const std::string& name : names_of(metric)) of_metric_[name] = words(metric.labels);
    }
  }
}

std::vector<std::string> MeasuredLabels::of(std::string_view metric) const {
  const auto found = of_metric_.find(metric);
  if (found == of_metric_.end()) return {};
  std::vector<std::string> all = found->second;
  all.insert(all.end(), everywhere_.begin(), everywhere_.end());
  return all;
}

}  // namespace tocsin::config
