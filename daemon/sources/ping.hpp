// A host as a target of echo requests. One that does not reply is a measurement (ping_up 0) with
// its reason, not a target that does not answer.
#pragma once

#include <memory>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct Network;

/// `network` must outlive it.
[[nodiscard]] std::unique_ptr<Source> make_ping_source(const config::PingSource& definition,
                                                       Duration timeout, Network& network);

}  // namespace tocsin::sources
