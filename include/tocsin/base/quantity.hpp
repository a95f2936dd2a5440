// Quantities as people write them, in configuration and in notices.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"

namespace tocsin {

/// What a plain number in a rule's result means to a reader; it decides how values are shown.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // GCC takes Unit::seconds for a clash with chrono's
enum class Unit { none, ratio, seconds, bytes };
#pragma GCC diagnostic pop

struct Quantity {
  double value = 0;  ///< in base units: 80% is 0.8, 100ms is 0.1, 512MiB is 536870912
  Unit unit = Unit::none;
  friend bool operator==(const Quantity&, const Quantity&) = default;
};

/// "80%", "0.5 %", "2s", "100ms", "1h30m", "512MiB", "2GB", "3", "1e-3".
[[nodiscard]] Result<Quantity> parse_quantity(std::string_view text);
/// For people, three significant digits: 0.873 as ratio "87.3 %", 2.41 as seconds "2.41 s",
/// 5.4e8 as bytes "515 MiB", 12345 without unit "12300" (integers below 1e6 in full: "12345").
[[nodiscard]] std::string format_quantity(double value, Unit unit);
/// Any double, shortest form that reads back; NaN, +Inf, -Inf as Prometheus writes them.
[[nodiscard]] std::string format_number(double value);
/// Any double as Prometheus reads them (NaN, +Inf, inf, 1e3, 0x1p3, .5, leading +).
[[nodiscard]] Result<double> parse_number(std::string_view text);

}  // namespace tocsin
