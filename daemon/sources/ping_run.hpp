// A number of echo requests to one host, and what became of them. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sources/failures.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct Network;

struct PingResult {
  std::string method;   ///< "icmp-datagram", "icmp-raw", "tcp-connect"
  std::string address;  ///< that the name led to
  std::size_t sent = 0;
  std::vector<double> round_trips;  ///< in seconds, ascending: one for each reply
  double resolve_seconds = 0;
  Failure failure;  ///< why there was no reply at all
};

class PingRun {
 public:
  /// `done` is called once, on the loop, never from within: when all have been replied to, or the
  /// time is over. Not after the end of this object. `network` must outlive it.
  PingRun(Network& network, const config::PingSource& definition, Duration within,
          std::function<void(PingResult)> done);
  ~PingRun();
  PingRun(const PingRun&) = delete;
  PingRun& operator=(const PingRun&) = delete;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
