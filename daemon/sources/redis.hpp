// A Redis server as a target: INFO over its own protocol, by TCP, TLS or a unix socket. Names are
// redis_exporter's. Each scrape is a connection of its own: what is measured is what a new client
// meets.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

/// The timeout holds for the whole exchange, the name's resolution included.
[[nodiscard]] std::unique_ptr<Source> make_redis_source(const config::RedisSource& definition,
                                                        Duration timeout,
                                                        boost::asio::any_io_executor loop);

}  // namespace tocsin::sources
