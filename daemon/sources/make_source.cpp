#include "sources/make_source.hpp"

#include <utility>
#include <variant>

#include "loop/http_client.hpp"
#include "sources/dns.hpp"
#include "sources/files.hpp"
#include "sources/host.hpp"
#include "sources/http.hpp"
#include "sources/jobs.hpp"
#include "sources/network.hpp"
#include "sources/ping.hpp"
#include "sources/postgres.hpp"
#include "sources/process.hpp"
#include "sources/prometheus.hpp"
#include "sources/redis.hpp"
#include "sources/self.hpp"
#include "sources/systemd.hpp"
#include "sources/tcp.hpp"
#include "sources/uplink.hpp"

namespace tocsin::sources {

std::unique_ptr<Source> make_source(const config::Source& definition, const Workshop& workshop) {
  struct Make {
    const config::Source& definition;
    const Workshop& workshop;
    Duration timeout;  ///< less than the target's where its uplink has to be looked at afterwards
    std::unique_ptr<Source> operator()(const config::HostSource& /*kind*/) const {
      return make_host_source(workshop.host);
    }
    std::unique_ptr<Source> operator()(const config::PrometheusSource& kind) const {
      return make_prometheus_source(kind, timeout, workshop.http);
    }
    std::unique_ptr<Source> operator()(const config::HttpSource& kind) const {
      return make_http_source(kind, timeout, workshop.http);
    }
    std::unique_ptr<Source> operator()(const config::RedisSource& kind) const {
      return make_redis_source(kind, timeout, workshop.http.loop());
    }
    std::unique_ptr<Source> operator()(const config::PostgresSource& kind) const {
      return make_postgres_source(kind, timeout, workshop.http.loop());
    }
    std::unique_ptr<Source> operator()(const config::PingSource& kind) const {
      return make_ping_source(kind, timeout, workshop.network);
    }
    std::unique_ptr<Source> operator()(const config::TcpSource& kind) const {
      return make_tcp_source(kind, timeout, workshop.network);
    }
    std::unique_ptr<Source> operator()(const config::DnsSource& kind) const {
      return make_dns_source(kind, timeout, workshop.network);
    }
    std::unique_ptr<Source> operator()(const config::UplinkSource& kind) const {
      constexpr std::string_view kKind = "uplink.";
      const std::string name = definition.target.name.substr(kKind.size());
      return make_uplink_source(name, kind, timeout, workshop.network);
    }
    std::unique_ptr<Source> operator()(const config::JobSource& kind) const {
      constexpr std::string_view kKind = "job.";
      return make_job_source(definition.target.name.substr(kKind.size()), kind, workshop.jobs);
    }
    std::unique_ptr<Source> operator()(const config::SystemdSource& kind) const {
      return make_systemd_source(kind, timeout, workshop.network.loop, workshop.workers);
    }
    std::unique_ptr<Source> operator()(const config::FilesSource& kind) const {
      return make_files_source(definition.target.name, kind, timeout, workshop.workers);
    }
    std::unique_ptr<Source> operator()(const config::ProcessSource& kind) const {
      return make_process_source(definition.target.name, kind, timeout, workshop.workers);
    }
    std::unique_ptr<Source> operator()(const config::SelfSource& /*kind*/) const {
      return make_self_source(workshop.own_metrics);
    }
  };
  const Duration whole = definition.target.timeout;
  const bool alone = definition.uplink.empty();
  const Make make{definition, workshop, alone ? whole : whole - uplink_share(whole)};
  auto source = std::visit(make, definition.kind);
  if (alone) return source;
  return behind_uplink(std::move(source), definition.uplink, whole, workshop.network);
}

}  // namespace tocsin::sources
