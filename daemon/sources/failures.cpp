#include "sources/failures.hpp"

#include <boost/asio/error.hpp>

namespace tocsin::sources {

std::string_view failure_reason(boost::system::error_code error) {
  namespace net = boost::asio::error;
  if (error == net::connection_refused || error == net::connection_reset) return "refused";
  if (error == net::host_unreachable || error == net::network_unreachable ||
      error == net::network_down) {
    return "unreachable";
  }
  if (error == net::timed_out) return "timed_out";
  if (error == net::access_denied || error == net::no_permission) return "forbidden";
  return "unavailable";
}

Failure lookup_failure(const Error& error) {
  return {error.code == ErrorCode::timeout ? "timed_out" : "unresolved", error.text};
}

}  // namespace tocsin::sources
