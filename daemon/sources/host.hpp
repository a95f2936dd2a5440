// The machine that tocsin runs on, as a target.
#pragma once

#include <memory>

#include "sources/source.hpp"

namespace tocsin::sources {

class HostCollector;

/// Scrapes what `collector` reads afresh; the collector must outlive it.
[[nodiscard]] std::unique_ptr<Source> make_host_source(HostCollector& collector);

}  // namespace tocsin::sources
