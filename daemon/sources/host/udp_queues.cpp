#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::size_t kQueues = 4;

}  // namespace

// The fifth column is "TX:RX", both hexadecimal, in bytes.
Result<void> udp_queues(std::string_view text, std::string_view ip, Exposition& out) {
  double sent = 0;
  double received = 0;
  const std::vector<std::string_view> all = lines(text);
  for (std::size_t i = 1; i < all.size(); ++i) {
    const std::vector<std::string_view> parts = fields(all[i]);
    const std::size_t colon =
        parts.size() > kQueues ? parts[kQueues].find(':') : std::string_view::npos;
    if (colon == std::string_view::npos) {
      return fail(ErrorCode::corrupt, "net/udp: a line that is cut short");
    }
    const auto tx = unsigned_number(parts[kQueues].substr(0, colon), 16);
    const auto rx = unsigned_number(parts[kQueues].substr(colon + 1), 16);
    if (!tx || !rx) {
      return fail(ErrorCode::corrupt, "net/udp: a queue that is no number");
    }
    sent += static_cast<double>(*tx);
    received += static_cast<double>(*rx);
  }
  MetricFamily& family =
      out.gauge("node_udp_queues", "Bytes that wait in the queues of all UDP sockets.");
  family.add({{"ip", ip}, {"queue", "tx"}}, sent);
  family.add({{"ip", ip}, {"queue", "rx"}}, received);
  return {};
}

}  // namespace tocsin::sources::host
