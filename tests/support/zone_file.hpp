// The bytes of a TZif file whose only rule is its last line.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tocsin/base/time_zone.hpp"

namespace tocsin::testing {

inline std::string zone_header(std::size_t types) {
  std::string text = "TZif2" + std::string(15, '\0');
  for (const std::size_t count : {std::size_t{0}, std::size_t{0}, std::size_t{0}, std::size_t{0},
                                  types, types == 0 ? types : std::size_t{4}}) {
    text += std::string(3, '\0') + static_cast<char>(count);
  }
  return text;
}

inline std::string zone_file(std::string_view rule) {
  const std::string one_type = std::string(6, '\0') + std::string("UTC\0", 4);
  return zone_header(0) + zone_header(1) + one_type + "\n" + std::string(rule) + "\n";
}

inline TimeZone zone(std::string_view rule, std::string name = "Test/Zone") {
  auto made = TimeZone::from_tzif(std::move(name), zone_file(rule));
  REQUIRE_MESSAGE(made.has_value(), rule);
  return *made;
}

inline const TimeZone& berlin() {
  static const TimeZone kZone = zone("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berlin");
  return kZone;
}

inline WallTime utc(std::string_view text) {
  const auto at = parse_rfc3339(text);
  REQUIRE_MESSAGE(at.has_value(), text);
  return *at;
}

}  // namespace tocsin::testing
