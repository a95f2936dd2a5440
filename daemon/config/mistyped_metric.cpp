#include <algorithm>

#include "known_metrics.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kShortestMetric = 6;  ///< below, too much of an application's own looks alike
constexpr std::size_t kSlipsInMetric = 2;

}  // namespace

std::string mistyped_metric(std::string_view name) {
  const std::vector<std::string>& known = known_metrics();
  if (name.size() < kShortestMetric || std::binary_search(known.begin(), known.end(), name))
    return "";
  return nearest(name, known, kSlipsInMetric);
}

}  // namespace tocsin::config
