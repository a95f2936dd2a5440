// systemd's units as a target.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::loop {
class WorkerPool;
}

namespace tocsin::sources {

/// `workers` must outlive it.
[[nodiscard]] std::unique_ptr<Source> make_systemd_source(const config::SystemdSource& definition,
                                                          Duration timeout,
                                                          boost::asio::any_io_executor loop,
                                                          loop::WorkerPool& workers);

}  // namespace tocsin::sources
