// An HTTP service as a target: it is asked, and its answer is judged. A service that is down or not
// well is a measurement (probe_success 0) with its reason, not a target that does not answer. Names
// are blackbox_exporter's.
#pragma once

#include <memory>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::loop {
class HttpClient;
}

namespace tocsin::sources {

/// `http` must outlive it. The timeout holds for the whole exchange, redirects included.
[[nodiscard]] std::unique_ptr<Source> make_http_source(const config::HttpSource& definition,
                                                       Duration timeout, loop::HttpClient& http);

}  // namespace tocsin::sources
