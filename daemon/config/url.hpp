// As much of a URL as a configuration needs to know.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"

namespace tocsin::config {

struct Url {
  bool tls = false;
  bool has_password = false;  ///< user:password@ stands in it
  std::string host;           ///< brackets kept around an IPv6 address
  std::string port;           ///< the scheme's own where none is written
  [[nodiscard]] std::string instance() const { return host + ":" + port; }
};

/// http:// and https:// only.
[[nodiscard]] Result<Url> parse_url(std::string_view text);
/// Whether a "/", "?" or "#" of the password's own ends what stands before the host too early.
/// Where what stands there may be a port, an "@" behind it is taken for the sign of that.
[[nodiscard]] bool cuts_password(std::string_view url);
inline constexpr std::string_view kCutsPassword =
    "what stands before the host is cut off: in a password, / is written %2F, ? %3F, # %23, @ %40; "
    "in a path too, @ is written %40";
/// "host:port", ":port", "[::1]:port".
[[nodiscard]] Result<void> check_address(std::string_view text);

}  // namespace tocsin::config
