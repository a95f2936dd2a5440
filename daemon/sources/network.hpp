// What all probes of the network share: the echo sockets, the names, the uplinks.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <utility>

#include "sources/names.hpp"
#include "sources/pinger.hpp"
#include "sources/uplinks.hpp"

namespace tocsin::sources {

struct Network {
  explicit Network(boost::asio::any_io_executor executor) : loop(std::move(executor)) {}

  boost::asio::any_io_executor loop;
  Pinger pinger{loop};
  Names names{loop};
  Uplinks uplinks{*this};
};

}  // namespace tocsin::sources
