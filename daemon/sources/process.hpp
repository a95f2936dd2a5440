// Processes that belong together as a target.
#pragma once

#include <memory>
#include <string>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::loop {
class WorkerPool;
}

namespace tocsin::sources {

/// `name` keeps its looks apart from others'; `workers` must outlive it.
[[nodiscard]] std::unique_ptr<Source> make_process_source(std::string name,
                                                          const config::ProcessSource& definition,
                                                          Duration timeout,
                                                          loop::WorkerPool& workers);

}  // namespace tocsin::sources
