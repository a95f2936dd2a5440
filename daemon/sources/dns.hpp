// A name server as a target: one question. One that does not answer, or not as expected, is a
// measurement (dns_up 0) with its reason.
#pragma once

#include <memory>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct Network;

/// `network` must outlive it.
[[nodiscard]] std::unique_ptr<Source> make_dns_source(const config::DnsSource& definition,
                                                      Duration timeout, Network& network);

}  // namespace tocsin::sources
