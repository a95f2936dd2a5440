// One request to the control socket, waited for: what the command line does. No loop of the
// daemon's is involved. The other of the two files with Beast is behind it.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::http {

/// The header in which an answer names it.
inline constexpr std::string_view kTimeZoneHeader = "Tocsin-Time-Zone";

struct ControlRequest {
  std::string method = "GET";
  std::string target = "/";  ///< path and query, encoded
  std::string body;          ///< JSON
  Duration timeout = std::chrono::seconds(10);
};

struct ControlAnswer {
  int status = 0;
  std::string body;
  std::string time_zone;  ///< in which the daemon shows clock times to people; "": it does not say
};

/// Fails with `not_found` where there is no socket, `unavailable` where nobody answers on it,
/// `denied` where this user may not, `timeout`.
[[nodiscard]] Result<ControlAnswer> ask_control(const std::string& socket,
                                                const ControlRequest& request);

/// For a query's value: everything but letters, digits and -._~ as %XX.
[[nodiscard]] std::string url_encoded(std::string_view text);

}  // namespace tocsin::http
