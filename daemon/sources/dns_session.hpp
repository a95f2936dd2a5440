// One question to a name server, by UDP and, where the answer is too long for it, by TCP. Loop
// thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sources/dns_message.hpp"
#include "sources/failures.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct Network;

struct DnsSeen {
  DnsAnswer answer;
  std::string server;  ///< "address:port"
  double seconds = 0;  ///< from the question to the answer, repetitions included
  bool by_tcp = false;
  Failure failure;  ///< why there is no answer at all
};

class DnsSession {
 public:
  /// `done` is called once, on the loop, never from within; not after the end of this object. A
  /// datagram that is not answered is sent again after a third of the time. `network` must outlive
  /// it.
  DnsSession(Network& network, const config::DnsSource& definition, Duration within,
             std::function<void(DnsSeen)> done);
  ~DnsSession();
  DnsSession(const DnsSession&) = delete;
  DnsSession& operator=(const DnsSession&) = delete;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// The first `nameserver` of a resolv.conf with port 53; this host where there is none.
[[nodiscard]] std::string first_name_server(std::string_view resolv_conf);

}  // namespace tocsin::sources
