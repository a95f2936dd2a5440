// The way out as a target, and what is reached through it.
#pragma once

#include <memory>
#include <string>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct Network;

/// `network` must outlive it. Known to `network.uplinks` by its name for as long as it lives.
[[nodiscard]] std::unique_ptr<Source> make_uplink_source(const std::string& name,
                                                         const config::UplinkSource& definition,
                                                         Duration timeout, Network& network);

/// How much of a target's timeout is kept to look at the uplink once the target has not answered.
[[nodiscard]] Duration uplink_share(Duration timeout);
/// Answers as `inner` does, which has the rest of the timeout; but where `inner` failed and the
/// uplink is dead there is no answer: what lies behind it is unknown.
[[nodiscard]] std::unique_ptr<Source> behind_uplink(std::unique_ptr<Source> inner,
                                                    std::string uplink, Duration timeout,
                                                    Network& network);

}  // namespace tocsin::sources
