// A PostgreSQL server as a target: its own statistics under postgres_exporter's names, and what the
// operator's queries count. One connection is kept; each query is a read-only transaction of its
// own, under a statement timeout that the server holds.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

/// The timeout holds for the whole scrape, connecting included.
[[nodiscard]] std::unique_ptr<Source> make_postgres_source(const config::PostgresSource& definition,
                                                           Duration timeout,
                                                           boost::asio::any_io_executor loop);

}  // namespace tocsin::sources
