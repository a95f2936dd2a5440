#include "tocsin/base/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "tocsin/base/text.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin {

namespace {

struct Suffix {
  std::string_view text;
  double factor;
  Unit unit;
};

constexpr std::array kSuffixes = {
    Suffix{"%", 0.01, Unit::ratio},        Suffix{"ns", 1e-9, Unit::seconds},
    Suffix{"us", 1e-6, Unit::seconds},     Suffix{"µs", 1e-6, Unit::seconds},
    Suffix{"ms", 1e-3, Unit::seconds},     Suffix{"s", 1, Unit::seconds},
    Suffix{"m", 60, Unit::seconds},        Suffix{"min", 60, Unit::seconds},
    Suffix{"h", 3600, Unit::seconds},      Suffix{"d", 86400, Unit::seconds},
    Suffix{"w", 7 * 86400, Unit::seconds}, Suffix{"y", 365.0 * 86400, Unit::seconds},
    Suffix{"B", 1, Unit::bytes},           Suffix{"kB", 1e3, Unit::bytes},
    Suffix{"KB", 1e3, Unit::bytes},        Suffix{"MB", 1e6, Unit::bytes},
    Suffix{"GB", 1e9, Unit::bytes},        Suffix{"TB", 1e12, Unit::bytes},
    Suffix{"PB", 1e15, Unit::bytes},       Suffix{"KiB", 0x1p10, Unit::bytes},
    Suffix{"MiB", 0x1p20, Unit::bytes},    Suffix{"GiB", 0x1p30, Unit::bytes},
    Suffix{"TiB", 0x1p40, Unit::bytes},    Suffix{"PiB", 0x1p50, Unit::bytes},
};

/// How many characters at the start of `text` are a decimal number; the "e" of an exponent only
/// where digits follow.
std::size_t number_prefix(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    while (at < text.size() && is_digit(text[at])) ++at;
  };
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  digits();
  if (at < text.size() && text[at] == '.') ++at;
  digits();
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    if (exponent < text.size() && is_digit(text[exponent])) {
      at = exponent;
      digits();
    }
  }
  return at;
}

/// Three significant digits, no exponent where a reader can do without.
std::string three_digits(double value) {
  const std::string scientific = fmt::format("{:.2e}", value);
  const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  if (exponent < -6 || exponent >= 15) return fmt::format("{:.3g}", value);
  const double rounded = std::strtod(scientific.c_str(), nullptr);
  std::string text = fmt::format("{:.{}f}", rounded, std::max(0, 2 - exponent));
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string format_plain(double value) {
  if (std::abs(value) < 1e6 && value == std::trunc(value))
    return fmt::format("{:.0f}", value + 0.0);
  return three_digits(value);
}

std::string format_seconds(double value) {
  const double size = std::abs(value);
  if (size >= 60) {
    if (size > 9e15) return three_digits(value) + " s";  // beyond what a Duration holds
    return humanize_duration(Duration(static_cast<Duration::rep>(std::llround(value * 1000))));
  }
  // From 999.5 on, three digits would round up to a thousand of the smaller unit.
  if (size >= 0.9995 || size == 0) return three_digits(value) + " s";
  if (size >= 0.9995e-3) return three_digits(value * 1e3) + " ms";
  if (size >= 0.9995e-6) return three_digits(value * 1e6) + " µs";
  return three_digits(value * 1e9) + " ns";
}

std::string format_bytes(double value) {
  if (std::abs(value) < 1023.5) return format_plain(value) + " B";
  constexpr std::array kNames = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double scaled = value / 1024;
  std::size_t name = 0;
  while (std::abs(scaled) >= 999.5 && name + 1 < kNames.size()) {
    scaled /= 1024;
    ++name;
  }
  return fmt::format("{} {}", three_digits(scaled), kNames[name]);
}

}  // namespace

Result<Quantity> parse_quantity(std::string_view text) {
  const std::string_view whole = trim(text);
  if (const auto plain = parse_number(whole); plain && std::isfinite(*plain)) {
    return Quantity{*plain, Unit::none};
  }
  const std::size_t length = number_prefix(whole);
  const std::string_view suffix = trim(whole.substr(length));
  if (const auto number = parse_number(whole.substr(0, length)); number && !suffix.empty()) {
    for (const Suffix& known : kSuffixes) {
      if (known.text != suffix) continue;
      // Dividing by 100 is exact where multiplying by 0.01 is not: 7% is 0.07.
      const double value = known.unit == Unit::ratio ? *number / 100 : *number * known.factor;
      return Quantity{value, known.unit};
    }
  }
  if (const auto duration = parse_duration(whole)) {
    return Quantity{static_cast<double>(duration->count()) / 1000, Unit::seconds};
  }
  return fail(ErrorCode::invalid,
              fmt::format("\"{}\" is no quantity (write it like 80%, 2s, 100ms, 1h30m, 512MiB, 2GB "
                          "or a plain number)",
                          whole));
}

std::string format_quantity(double value, Unit unit) {
  if (!std::isfinite(value)) return format_number(value);
  switch (unit) {
    case Unit::none:
      return format_plain(value);
    case Unit::ratio:
      return three_digits(value * 100) + " %";
    case Unit::seconds:
      return format_seconds(value);
    case Unit::bytes:
      return format_bytes(value);
  }
  return format_plain(value);
}

}  // namespace tocsin
