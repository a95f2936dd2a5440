// What each kind of source gives, in the order in which the reference shows it.
#include <array>

#include "config/metric_table/host.hpp"
#include "config/metric_table/network.hpp"
#include "config/metric_table/programs.hpp"
#include "config/metric_table/services.hpp"
#include "config/metric_table/tocsin.hpp"
#include "tocsin/config/metrics.hpp"

namespace tocsin::config {
namespace {

constexpr std::array kOfEveryTarget = {
    Metric{"up", kGauge, "",
           "1 where the target answered at its last tick, 0 where it did not; a probe that "
           "found trouble has answered."},
    Metric{"scrape_duration_seconds", kGauge, "", "How long the answer took."},
    Metric{"scrape_samples_scraped", kGauge, "", "Samples of the answer."},
};

constexpr std::array kMetrics = {
    MetricsOf{"", kOfEveryTarget},         MetricsOf{"source.host", kOfHost},
    MetricsOf{"source.tocsin", kOfTocsin}, MetricsOf{"source.http.*", kOfHttp},
    MetricsOf{"source.redis.*", kOfRedis}, MetricsOf{"source.postgres.*", kOfPostgres},
    MetricsOf{"source.ping.*", kOfPing},   MetricsOf{"source.tcp.*", kOfTcp},
    MetricsOf{"source.dns.*", kOfDns},     MetricsOf{"source.uplink.*", kOfUplink},
    MetricsOf{"source.job.*", kOfJob},     MetricsOf{"source.systemd", kOfSystemd},
    MetricsOf{"source.files.*", kOfFiles}, MetricsOf{"source.process.*", kOfProcess},
};

}  // namespace

std::span<const MetricsOf> metrics() {
  return kMetrics;
}

}  // namespace tocsin::config
