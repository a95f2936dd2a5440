// Durations as text, both ways.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "tocsin/base/text.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin {

namespace {

struct UnitOfTime {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<UnitOfTime, 7> kUnits = {{{"y", 365LL * 86'400'000},
                                               {"w", 7LL * 86'400'000},
                                               {"d", 86'400'000},
                                               {"h", 3'600'000},
                                               {"m", 60'000},
                                               {"s", 1'000},
                                               {"ms", 1}}};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

tl::unexpected<Error> no_duration(std::string_view text, std::string_view why) {
  return fail(
      ErrorCode::invalid,
      fmt::format("\"{}\" is no duration: {} (write it like 90s, 1m30s, 100ms, 2d)", text, why));
}

/// The unit that a word means which people write and nobody here reads, or "".
std::string_view unit_meant_by(std::string_view word) {
  if (word.size() > 1 && word.ends_with('s')) word.remove_suffix(1);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kWords = {
      {{"year", "y"},
       {"week", "w"},
       {"day", "d"},
       {"hour", "h"},
       {"hr", "h"},
       {"minute", "m"},
       {"min", "m"},
       {"second", "s"},
       {"sec", "s"},
       {"millisecond", "ms"},
       {"msec", "ms"},
       {"milli", "ms"}}};
  for (const auto& [known, unit] : kWords)
    if (word == known) return unit;
  return "";
}

std::size_t unit_at(std::string_view name) {
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (kUnits[i].name == name) return i;
  }
  return kUnits.size();
}

/// The length of the run at the start of `text` of which each character is one of `kind`.
std::size_t run_of(std::string_view text, bool (*kind)(char)) {
  std::size_t length = 0;
  while (length < text.size() && kind(text[length])) ++length;
  return length;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return no_duration(text, "it is empty");
  if (text == "0") return Duration::zero();
  std::string_view rest = text;
  std::size_t least_unit = 0;  // units descend: the next one's index is at least this
  std::int64_t total = 0;
  while (!rest.empty()) {
    const std::size_t digits = run_of(rest, is_digit);
    if (digits == 0) return no_duration(text, "a whole number is expected before each unit");
    std::int64_t number = 0;
    for (const char c : rest.substr(0, digits)) {
      if (__builtin_mul_overflow(number, std::int64_t{10}, &number) ||
          __builtin_add_overflow(number, std::int64_t{c - '0'}, &number)) {
        return no_duration(text, "it is too long");
      }
    }
    rest.remove_prefix(digits);
    const std::string_view spaced = trim(rest);
    if (const auto meant = unit_meant_by(spaced.substr(0, run_of(spaced, is_letter)));
        !meant.empty()) {
      return no_duration(text, fmt::format("write {}{}", number, meant));
    }
    const std::size_t letters = run_of(rest, is_letter);
    if (rest.empty()) {
      return no_duration(text, fmt::format("its unit is missing: {0}s or {0}m?", number));
    }
    if (letters == 0) {
      return no_duration(text, rest.front() == '.' || rest.front() == ','
                                   ? "fractions are not known"
                                   : "a unit stands right after its number");
    }
    const std::size_t unit = unit_at(rest.substr(0, letters));
    if (unit == kUnits.size()) {
      return no_duration(text,
                         fmt::format("the unit \"{}\" is not known", rest.substr(0, letters)));
    }
    if (unit < least_unit) return no_duration(text, "units must descend and occur once each");
    least_unit = unit + 1;
    rest.remove_prefix(letters);
    if (__builtin_mul_overflow(number, kUnits[unit].milliseconds, &number) ||
        __builtin_add_overflow(total, number, &total)) {
      return no_duration(text, "it is too long");
    }
  }
  return Duration(total);
}

std::string format_duration(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  std::string text;
  // Unsigned, because the least duration has no positive counterpart.
  auto rest = static_cast<std::uint64_t>(duration.count());
  if (duration < Duration::zero()) {
    text = "-";
    rest = 0 - rest;
  }
  for (const UnitOfTime& unit : kUnits) {
    const auto length = static_cast<std::uint64_t>(unit.milliseconds);
    // Years and weeks only where they say it all: "8d" is easier to read than "1w1d".
    if ((unit.name == "y" || unit.name == "w") && rest % length != 0) continue;
    if (rest / length != 0) text += fmt::format("{}{}", rest / length, unit.name);
    rest %= length;
  }
  return text;
}

std::string humanize_duration(Duration duration) {
  if (duration < Duration::zero()) {
    const auto bounded = std::max(duration, -Duration::max());
    return "-" + humanize_duration(-bounded);
  }
  const std::int64_t ms = duration.count();
  const auto rounded = [ms](std::int64_t unit) {
    return ms / unit + (ms % unit * 2 >= unit ? 1 : 0);
  };
  if (ms == 0) return "0 s";
  if (ms < 1'000) return fmt::format("{} ms", ms);
  if (const std::int64_t s = rounded(1'000); s < 600) {
    if (s < 60) return fmt::format("{} s", s);
    if (s % 60 == 0) return fmt::format("{} min", s / 60);
    return fmt::format("{} min {:02} s", s / 60, s % 60);
  }
  if (const std::int64_t m = rounded(60'000); m < 1440) {
    if (m < 60) return fmt::format("{} min", m);
    if (m % 60 == 0) return fmt::format("{} h", m / 60);
    return fmt::format("{} h {:02} min", m / 60, m % 60);
  }
  const std::int64_t h = rounded(3'600'000);
  if (h % 24 == 0) return fmt::format("{} d", h / 24);
  return fmt::format("{} d {} h", h / 24, h % 24);
}

}  // namespace tocsin
