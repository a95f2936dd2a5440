#include <algorithm>

#include "known_metrics.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kShortest = 6;  ///< below, too much of an application's own looks alike
constexpr std::size_t kSlips = 2;

}  // namespace

std::string mistyped_metric(std::string_view name) {
  const std::vector<std::string>& known = known_metrics();
  if (name.size() < kShortest || std::binary_search(known.begin(), known.end(), name)) return "";
  return nearest(name, known, kSlips);
}

}  // namespace tocsin::config
