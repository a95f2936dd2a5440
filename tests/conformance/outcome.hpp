// What an expression gives over known samples, and when two such results count as the same.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "script.hpp"
#include "tocsin/expr/evaluate.hpp"

namespace tocsin::conformance {

/// One line for each series, its values by the number of the step: 0 of an instant vector; of a
/// range vector the milliseconds since 1970.
struct Outcome {
  std::vector<ExpectedSeries> series;
  std::optional<double> scalar;
  std::optional<std::string> text;

  [[nodiscard]] std::string shown() const;
};

/// The comparison that the scripts' own documentation defines.
[[nodiscard]] bool same(Outcome a, Outcome b, bool ordered);

/// Samples in a store, and the evaluator over it with PromQL's own lookback.
class World {
 public:
  void clear();
  void load(const std::vector<LoadedSeries>& all);
  [[nodiscard]] Result<Outcome> instant(const std::string& expression, series::Millis at);
  [[nodiscard]] Result<Outcome> range(const std::string& expression, series::Millis from,
                                      series::Millis to, series::Millis step);

 private:
  void fill_store();

  std::map<Labels, std::map<series::Millis, double>> samples_;
  bool stored_ = false;
  series::Store store_;
  series::FeedSets feeds_;
};

}  // namespace tocsin::conformance
