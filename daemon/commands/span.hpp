// From when to when a range query looks, and in which steps, as people say it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"

namespace tocsin::commands {

/// As written on the command line.
struct SpanWords {
  std::string from{};
  std::string to{};
  std::string step{};
  std::string range{};

  [[nodiscard]] bool any() const {
    return !from.empty() || !to.empty() || !step.empty() || !range.empty();
  }
};

struct Span {
  WallTime from{};
  WallTime to{};
  Duration step{};
};

/// What --zone says; nothing where it says nothing.
[[nodiscard]] Result<std::optional<TimeZone>> zone_of(const std::string& name);

/// Times are RFC 3339, seconds since 1970, "now", or a duration: so long ago. Without a step there
/// is one that gives about `points` values.
[[nodiscard]] Result<Span> span_of(const SpanWords& words, WallTime now, std::size_t points);

}  // namespace tocsin::commands
