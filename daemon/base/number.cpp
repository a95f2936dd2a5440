// Plain numbers as text, both ways.
#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "tocsin/base/quantity.hpp"

namespace tocsin {

namespace {

bool same_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

bool begins_with_digit_or_point(std::string_view text) {
  return !text.empty() && ((text.front() >= '0' && text.front() <= '9') || text.front() == '.');
}

/// "0x1p3", "0x1f"; the sign is gone already.
Result<double> parse_hexadecimal(std::string_view digits, std::string_view whole) {
  double value = 0;
  const char* end = digits.data() + digits.size();
  if (!digits.empty() && digits.front() != '-' && digits.front() != '+' &&
      !same_ignoring_case(digits.substr(0, 3), "inf") &&
      !same_ignoring_case(digits.substr(0, 3), "nan")) {
    const auto [stop, error] = std::from_chars(digits.data(), end, value, std::chars_format::hex);
    if (error == std::errc{} && stop == end) return value;
  }
  return fail(ErrorCode::invalid, fmt::format("\"{}\" is no number", whole));
}

}  // namespace

Result<double> parse_number(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative || (!rest.empty() && rest.front() == '+')) rest.remove_prefix(1);
  const double sign = negative ? -1.0 : 1.0;
  if (same_ignoring_case(rest, "inf") || same_ignoring_case(rest, "infinity")) {
    return sign * std::numeric_limits<double>::infinity();
  }
  // Prometheus knows no sign here, but C's printf writes "-nan", and a scrape should not fail of
  // it.
  if (same_ignoring_case(rest, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (rest.size() > 2 && same_ignoring_case(rest.substr(0, 2), "0x")) {
    auto value = parse_hexadecimal(rest.substr(2), text);
    if (value) *value *= sign;
    return value;
  }
  double value = 0;
  const char* end = rest.data() + rest.size();
  if (!begins_with_digit_or_point(rest)) {
    return fail(ErrorCode::invalid, fmt::format("\"{}\" is no number", text));
  }
  const auto [stop, error] = fast_float::from_chars(rest.data(), end, value);
  if (error == std::errc::result_out_of_range ? std::abs(value) > 1 : std::isinf(value)) {
    return fail(ErrorCode::invalid, fmt::format("\"{}\" is too large for a number", text));
  }
  if ((error != std::errc{} && error != std::errc::result_out_of_range) || stop != end) {
    return fail(ErrorCode::invalid, fmt::format("\"{}\" is no number", text));
  }
  return sign * value;
}

std::string format_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

}  // namespace tocsin
