#include "tocsin/expr/functions.hpp"

#include <algorithm>
#include <array>

namespace tocsin::expr {
namespace {

constexpr std::array<std::string_view, 13> kExperimental = {"double_exponential_smoothing",
                                                            "histogram_quantiles",
                                                            "info",
                                                            "integral",
                                                            "limit_ratio",
                                                            "limitk",
                                                            "mad_over_time",
                                                            "sort_by_label",
                                                            "sort_by_label_desc",
                                                            "ts_of_first_over_time",
                                                            "ts_of_last_over_time",
                                                            "ts_of_max_over_time",
                                                            "ts_of_min_over_time"};

constexpr std::array<std::string_view, 5> kNative = {
    "histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum"};

std::vector<Function> make_table() {
  std::vector<Function> table;
  add_element_functions(table);
  add_date_functions(table);
  add_rate_functions(table);
  add_over_time_functions(table);
  add_vector_functions(table);
  add_label_functions(table);
  add_histogram_functions(table);
  std::sort(table.begin(), table.end(),
            [](const Function& a, const Function& b) { return a.name < b.name; });
  return table;
}

const std::vector<Function>& table() {
  static const std::vector<Function> all = make_table();
  return all;
}

}  // namespace

const Function* find_function(std::string_view name) {
  const auto found = std::lower_bound(
      table().begin(), table().end(), name,
      [](const Function& function, std::string_view wanted) { return function.name < wanted; });
  return found != table().end() && found->name == name ? &*found : nullptr;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const Function& function : table()) names.emplace_back(function.name);
  return names;
}

std::string_view function_left_out(std::string_view name) {
  if (std::find(kNative.begin(), kNative.end(), name) != kNative.end()) {
    return "works on native histograms, which tocsin does not collect";
  }
  if (std::find(kExperimental.begin(), kExperimental.end(), name) != kExperimental.end()) {
    return "is experimental in Prometheus, and not in tocsin";
  }
  if (name == "histogram_fraction") {
    return "is not in tocsin: divide the bucket of that bound by the count";
  }
  if (name == "holt_winters") return "is gone from Prometheus 3, and not in tocsin";
  return "";
}

}  // namespace tocsin::expr
