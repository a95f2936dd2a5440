// Metrics that tocsin itself collects, to tell a name that was mistyped from one that it cannot
// know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::config {

/// Sorted.
[[nodiscard]] const std::vector<std::string>& known_metrics();
/// The known metric that this unknown one was probably meant to be, or "".
[[nodiscard]] std::string mistyped_metric(std::string_view name);

}  // namespace tocsin::config
