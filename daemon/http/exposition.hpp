// The two formats of /metrics: text 0.0.4 and OpenMetrics 1.0, which of them is asked for, and how
// metrics become either.
#pragma once

#include <prometheus/metric_family.h>

#include <span>
#include <string>
#include <string_view>

#include "tocsin/model/scrape.hpp"

namespace tocsin::http {

[[nodiscard]] std::string_view content_type(ExpositionFormat format);

/// What an `Accept` header prefers. OpenMetrics only where it is asked for by name, in a version
/// that we speak, and not less than text; else text, whatever was asked (the protocol's last
/// resort).
[[nodiscard]] ExpositionFormat negotiate(std::string_view accept);

/// Families in either format, without OpenMetrics's closing line.
[[nodiscard]] std::string render(std::span<const prometheus::MetricFamily> families,
                                 ExpositionFormat format);

/// Text 0.0.4 in OpenMetrics, without the closing line: families of counters lose `_total` from
/// their name, a counter whose name does not end so becomes `unknown` (its samples keep their
/// names), comments go, timestamps become seconds.
[[nodiscard]] std::string openmetrics_from_text(std::string_view text);

/// Ends a whole OpenMetrics body.
inline constexpr std::string_view kOpenMetricsEnd = "# EOF\n";

}  // namespace tocsin::http
