// Words for why something of the network failed: one for the label, one for people.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"

namespace tocsin::sources {

/// "" : it did not.
struct Failure {
  std::string reason{};  ///< a label's value: "refused", "timed_out"
  std::string detail{};  ///< for people
};

/// "refused", "unreachable", "timed_out", "forbidden", "unavailable".
[[nodiscard]] std::string_view failure_reason(boost::system::error_code error);
/// Of a name that could not be looked up.
[[nodiscard]] Failure lookup_failure(const Error& error);

}  // namespace tocsin::sources
