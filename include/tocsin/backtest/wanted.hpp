// What of the past a configuration's rules look at.
#pragma once

#include <string>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/config/engine_config.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/series/selection.hpp"

namespace tocsin::backtest {

class Wanted {
 public:
  /// Of all rules and of the records that they read.
  explicit Wanted(const config::EngineConfig& config);

  [[nodiscard]] bool takes(const Labels& labels) const;
  /// Each selector once, as PromQL; those that only records answer are not among them.
  [[nodiscard]] std::vector<std::string> selectors() const;
  /// How long before a moment the past counts for it: ranges, `for`, and what rules wait at a
  /// start.
  [[nodiscard]] Duration lead() const { return lead_; }
  /// Takes what another configuration looks at as well.
  void join(const Wanted& other);

 private:
  std::vector<series::Selector> selectors_;
  Duration lead_{};
};

/// The configuration with those rules alone, and those that inhibit them; all where none is named.
[[nodiscard]] config::EngineConfig restricted(config::EngineConfig config,
                                              const std::vector<std::string>& rules);

}  // namespace tocsin::backtest
