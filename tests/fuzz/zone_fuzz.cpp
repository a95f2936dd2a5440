// Any bytes as a time zone's file, and any text as the rule at its end: reading ends, and what a
// zone says of a moment and of what clocks show then fits together.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tocsin/base/check.hpp"
#include "tocsin/base/time_zone.hpp"

using namespace tocsin;

namespace {

constexpr std::array<std::int64_t, 9> kMoments = {
    -4'000'000'000, -1'000'000'000, 0, 1, 951'782'400, 1'774'746'000, 1'792'890'000,
    4'102'444'800,  7'258'118'399};

void look_at(const TimeZone& zone) {
  for (const std::int64_t around : kMoments) {
    for (int hour = -3; hour <= 3; ++hour) {
      const WallTime at{seconds(around) + hours(hour) + minutes(17)};
      TOCSIN_CHECK(zone.offset(at) >= -hours(26) - hours(167) &&
                   zone.offset(at) <= hours(26) + hours(167));
      const LocalTime shown = zone.local(at);
      // It is shown at that moment: the first at which it is cannot be later.
      TOCSIN_CHECK(zone.first(shown) <= at);
    }
  }
}

/// A file whose only rule is its last line.
std::string file_of(std::string_view rule) {
  const auto header = [](char types, char letters) {
    std::string text = "TZif2" + std::string(15, '\0') + std::string(16, '\0');
    return text + std::string(3, '\0') + types + std::string(3, '\0') + letters;
  };
  return header(0, 0) + header(1, 4) + std::string(6, '\0') + std::string("UTC\0", 4) + "\n" +
         std::string(rule) + "\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto zone = TimeZone::from_tzif("Fuzz/Bytes", bytes)) look_at(*zone);
  if (const auto zone = TimeZone::from_tzif("Fuzz/Rule", file_of(bytes))) look_at(*zone);
  static_cast<void>(posix_zone(bytes, 1900, 2200));
  return 0;
}
