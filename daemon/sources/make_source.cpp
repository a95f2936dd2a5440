#include "sources/make_source.hpp"

#include <variant>

#include "loop/http_client.hpp"
#include "sources/host.hpp"
#include "sources/http.hpp"
#include "sources/postgres.hpp"
#include "sources/prometheus.hpp"
#include "sources/redis.hpp"
#include "sources/self.hpp"

namespace tocsin::sources {

std::unique_ptr<Source> make_source(const config::Source& definition, const Workshop& workshop) {
  struct {
    const config::Source& definition;
    const Workshop& workshop;
    std::unique_ptr<Source> operator()(const config::HostSource& /*kind*/) const {
      return make_host_source(workshop.host);
    }
    std::unique_ptr<Source> operator()(const config::PrometheusSource& kind) const {
      return make_prometheus_source(kind, definition.target.timeout, workshop.http);
    }
    std::unique_ptr<Source> operator()(const config::HttpSource& kind) const {
      return make_http_source(kind, definition.target.timeout, workshop.http);
    }
    std::unique_ptr<Source> operator()(const config::RedisSource& kind) const {
      return make_redis_source(kind, definition.target.timeout, workshop.http.loop());
    }
    std::unique_ptr<Source> operator()(const config::PostgresSource& kind) const {
      return make_postgres_source(kind, definition.target.timeout, workshop.http.loop());
    }
    std::unique_ptr<Source> operator()(const config::SelfSource& /*kind*/) const {
      return make_self_source(workshop.own_metrics);
    }
  } const make{definition, workshop};
  return std::visit(make, definition.kind);
}

}  // namespace tocsin::sources
