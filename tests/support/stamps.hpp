// Moments of a test, counted from its start.
#pragma once

#include "tocsin/base/time.hpp"

namespace tocsin::testing {

/// Its two clocks differ, so that a test notices where one is taken for the other.
inline Stamp at(Duration since_start) {
  return {BootTime{since_start}, WallTime{std::chrono::seconds(1'000'000) + since_start}};
}

}  // namespace tocsin::testing
