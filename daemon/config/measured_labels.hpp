// The labels of series that tocsin itself collects, as the table of metrics has them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/config/config.hpp"

namespace tocsin::config {

class MeasuredLabels {
 public:
  explicit MeasuredLabels(const std::vector<Source>& sources);

  /// Of a metric, with those that every series may have; none where the metric is not known.
  [[nodiscard]] std::vector<std::string> of(std::string_view metric) const;
  /// Of every series: of targets, and those that a source is given.
  [[nodiscard]] const std::vector<std::string>& everywhere() const { return everywhere_; }
  /// An endpoint is scraped that may add labels of its own to names that are ours as well.
  [[nodiscard]] bool strangers() const { return strangers_; }

 private:
  bool strangers_ = false;
  std::vector<std::string> everywhere_ = {"job", "instance"};
  std::map<std::string, std::vector<std::string>, std::less<>> of_metric_;
};

}  // namespace tocsin::config
