// Families in prometheus-cpp's model, written down in few words.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::app {

using Families = std::vector<prometheus::MetricFamily>;
using MetricLabels = std::vector<std::pair<std::string_view, std::string_view>>;

/// A count as the model holds it: exact up to 2^53.
[[nodiscard]] constexpr double as_double(std::uint64_t count) {
  return static_cast<double>(count);
}

/// One family under way; it goes into `families` at once.
class FamilyBuilder {
 public:
  FamilyBuilder(Families& families, std::string_view name, std::string_view help,
                prometheus::MetricType type)
      : families_(families), index_(families.size()) {
    prometheus::MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    families_.push_back(std::move(family));
  }

  FamilyBuilder& add(const MetricLabels& labels, double value) {
    prometheus::ClientMetric metric;
    for (const auto& [name, text] : labels)
      metric.label.push_back({std::string(name), std::string(text)});
    prometheus::MetricFamily& family = families_[index_];
    (family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) =
        value;
    family.metric.push_back(std::move(metric));
    return *this;
  }

 private:
  Families& families_;
  std::size_t index_;
};

inline FamilyBuilder gauge(Families& families, std::string_view name, std::string_view help) {
  return {families, name, help, prometheus::MetricType::Gauge};
}
inline FamilyBuilder counter(Families& families, std::string_view name, std::string_view help) {
  return {families, name, help, prometheus::MetricType::Counter};
}

}  // namespace tocsin::app
