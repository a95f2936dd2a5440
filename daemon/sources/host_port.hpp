// "host:port" and "[::1]:port" taken apart, as validation has let them through.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::sources {

struct HostPort {
  std::string host;  ///< without brackets; this host where none is written
  std::string port;
};

[[nodiscard]] inline HostPort host_and_port(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  HostPort out{std::string(address.substr(0, colon)), std::string(address.substr(colon + 1))};
  if (out.host.starts_with('[') && out.host.ends_with(']')) {
    out.host = out.host.substr(1, out.host.size() - 2);
  }
  if (out.host.empty()) out.host = "127.0.0.1";
  return out;
}

}  // namespace tocsin::sources
