// A target that gives its metrics over HTTP, as Prometheus scrapes them. Each way in which that
// goes wrong has its outcome, and words for people that never hold a secret.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "loop/http_client.hpp"
#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

/// `http` must outlive it. The timeout holds for the whole exchange.
[[nodiscard]] std::unique_ptr<Source> make_prometheus_source(
    const config::PrometheusSource& definition, Duration timeout, loop::HttpClient& http);

/// What an answer or a failure amounts to; target, tick and duration are left to the caller.
/// `secrets` are not quoted.
[[nodiscard]] Scrape scrape_of(loop::HttpClient::Answer answer,
                               const std::vector<std::string>& secrets);

}  // namespace tocsin::sources
