#include "commands/span.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"
#include "toml/zones.hpp"

namespace tocsin::commands {

namespace {

Result<WallTime> time_of(const std::string& text, WallTime now) {
  if (text == "now") return now;
  // Before durations: "0" is both.
  const auto seconds_since = parse_number(text);
  if (seconds_since && std::abs(*seconds_since) < 1e11) {
    return WallTime(Duration(std::llround(*seconds_since * 1000)));
  }
  if (const auto ago = parse_duration(text)) return now - *ago;
  if (const auto time = parse_rfc3339(text)) return *time;
  return fail(ErrorCode::invalid,
              fmt::format("\"{}\" is no time: write it like 2025-12-31T09:15:00Z, 1767172500, now, "
                          "or 90m for 90 minutes ago",
                          text));
}

Result<Duration> positive(const std::string& text, std::string_view option) {
  const auto duration = parse_duration(text);
  if (duration && *duration > Duration::zero()) return *duration;
  return fail(ErrorCode::invalid,
              fmt::format("{} \"{}\" is no duration: write it like 30s, 5m, 1h30m", option, text));
}

Duration step_for(Duration whole, std::size_t points) {
  using namespace std::chrono_literals;
  constexpr std::array<Duration, 17> kSteps = {1s,    2s,    5s,    10s, 15s, 30s, 1min, 2min, 5min,
                                               10min, 15min, 30min, 1h,  2h,  6h,  12h,  24h};
  for (const Duration step : kSteps) {
    if (whole / step <= static_cast<std::int64_t>(points)) return step;
  }
  return (whole / kSteps.back() / static_cast<std::int64_t>(points) + 1) * kSteps.back();
}

}  // namespace

Result<Span> span_of(const SpanWords& words, WallTime now, std::size_t points) {
  if (!words.range.empty() && !words.from.empty()) {
    return fail(ErrorCode::invalid, "--range and --from both say where it begins: give one");
  }
  Span span;
  auto to = words.to.empty() ? Result<WallTime>(now) : time_of(words.to, now);
  if (!to) return tl::unexpected<Error>(to.error());
  span.to = *to;
  if (!words.from.empty()) {
    auto from = time_of(words.from, now);
    if (!from) return tl::unexpected<Error>(from.error());
    span.from = *from;
  } else {
    auto range = positive(words.range.empty() ? "1h" : words.range, "--range");
    if (!range) return tl::unexpected<Error>(range.error());
    span.from = span.to - *range;
  }
  if (span.from > span.to) return fail(ErrorCode::invalid, "it would end before it begins");
  if (words.step.empty()) {
    span.step = step_for(span.to - span.from, std::max<std::size_t>(points, 1));
    return span;
  }
  auto step = positive(words.step, "--step");
  if (!step) return tl::unexpected<Error>(step.error());
  span.step = *step;
  return span;
}

Result<std::optional<TimeZone>> zone_of(const std::string& name) {
  if (name.empty()) return std::optional<TimeZone>();
  auto zone = toml::read_zone(name);
  if (zone) return std::optional<TimeZone>(std::move(*zone));
  const std::string near = nearest(name, toml::zone_names());
  return fail(ErrorCode::invalid, fmt::format("--zone: {}{}", zone.error().text,
                                              near.empty() ? "" : "; did you mean " + near + "?"));
}

}  // namespace tocsin::commands
