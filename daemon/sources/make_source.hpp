// A configured source, ready to scrape.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::loop {
class HttpClient;
class WorkerPool;
}  // namespace tocsin::loop

namespace tocsin::sources {

class HostCollector;
class Jobs;
struct Network;

/// What sources work with; all of it must outlive them.
struct Workshop {
  loop::HttpClient& http;
  HostCollector& host;  ///< made from the same configuration's HostSource
  std::function<std::string()> own_metrics;
  Network& network;
  Jobs& jobs;
  loop::WorkerPool& workers;
};

[[nodiscard]] std::unique_ptr<Source> make_source(const config::Source& definition,
                                                  const Workshop& workshop);

}  // namespace tocsin::sources
