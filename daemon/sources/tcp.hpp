// A TCP port as a target: a connection is made and closed. One that cannot be made is a measurement
// (tcp_up 0) with its reason.
#pragma once

#include <memory>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct Network;

/// `network` must outlive it.
[[nodiscard]] std::unique_ptr<Source> make_tcp_source(const config::TcpSource& definition,
                                                      Duration timeout, Network& network);

}  // namespace tocsin::sources
