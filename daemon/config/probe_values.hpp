// The values that say what a probe sends, expects and measures, as the model has them. Each
// conversion says what is wrong in words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::config {

/// "200", "2xx"; one alone stands for a list of itself.
[[nodiscard]] Result<std::vector<std::string>> to_statuses(const Value& value);
[[nodiscard]] Result<HttpHeader> to_header(const Entry& entry);
[[nodiscard]] Result<JsonExpectation> to_json_expectation(const Entry& entry);
[[nodiscard]] Result<JsonGauge> to_json_gauge(const Entry& entry);

/// Every entry of the table that is good.
template <class T>
[[nodiscard]] std::vector<T> good_entries(const Value& table, Result<T> (*convert)(const Entry&)) {
  std::vector<T> all;
  for (const Entry& entry : table.entries) {
    if (Result<T> read = convert(entry)) all.push_back(std::move(*read));
  }
  return all;
}

[[nodiscard]] bool is_metric_name(std::string_view text);

}  // namespace tocsin::config
