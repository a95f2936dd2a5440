#include "app/own_metrics.hpp"

#include "loop/log.hpp"

namespace tocsin::app {

namespace {

void loop_metrics(const LoopGauge& loop, Families& out) {
  const LoopGauge::Reading reading = loop.reading();
  gauge(out, "tocsin_loop_busy_worst_seconds",
        "Longest stretch in the last one to two minutes that the event loop was busy without "
        "looking for new events.")
      .add({}, reading.busy_worst_seconds);
  gauge(out, "tocsin_loop_late_worst_seconds",
        "Worst lateness of the event loop's timers in the last one to two minutes.")
      .add({}, reading.late_worst_seconds);
  prometheus::MetricFamily family;
  family.name = "tocsin_loop_turn_duration_seconds";
  family.help = "How long the event loop was busy between two looks for new events.";
  family.type = prometheus::MetricType::Histogram;
  prometheus::ClientMetric metric;
  metric.histogram.sample_count = reading.turns;
  metric.histogram.sample_sum = reading.busy_sum_seconds;
  for (std::size_t i = 0; i < reading.by_bound.size(); ++i)
    metric.histogram.bucket.push_back({reading.by_bound[i], LoopGauge::bounds()[i]});
  family.metric.push_back(std::move(metric));
  out.push_back(std::move(family));
  counter(out, "tocsin_log_lines_dropped_total",
          "Log lines that were dropped because the log's queue was full.")
      .add({}, as_double(loop::log::dropped()));
}

void config_metrics(const ConfigState& config, Families& out) {
  gauge(out, "tocsin_config_last_reload_successful",
        "1 where the configuration that was read last is the one that runs, 0 where it was "
        "refused.")
      .add({}, config.last_ok ? 1 : 0);
  gauge(out, "tocsin_config_last_reload_success_timestamp_seconds",
        "When the configuration that runs was read.")
      .add({}, in_seconds(config.loaded_at.time_since_epoch()));
  gauge(out, "tocsin_config_older_than_files",
        "1 where the files of the configuration have changed since those that run were read.")
      .add({}, config.older_than_files ? 1 : 0);
  counter(out, "tocsin_config_reloads_total", "Reloads of the configuration, by how they ended.")
      .add({{"result", "success"}}, as_double(config.reloads))
      .add({{"result", "failure"}}, as_double(config.reloads_failed));
}

void heartbeat_metrics(const Heartbeat& heartbeat, Families& out) {
  const std::optional<Heartbeat::Counts> counts = heartbeat.counts();
  if (!counts) return;
  counter(out, "tocsin_heartbeat_pings_total",
          "Pings of the dead man's switch: success, failure (told), unsent.")
      .add({{"result", "success"}}, as_double(counts->success))
      .add({{"result", "failure"}}, as_double(counts->failure))
      .add({{"result", "unsent"}}, as_double(counts->unsent));
  gauge(out, "tocsin_heartbeat_unsent_consecutive", "Pings in a row that the service did not take.")
      .add({}, as_double(counts->unsent_in_a_row));
  gauge(out, "tocsin_heartbeat_well",
        "1 where collection, evaluation and delivery moved on at the last look.")
      .add({}, counts->well ? 1 : 0);
}

void history_metrics(const HistoryFeed& history, Families& out) {
  const auto figures = history.figures();
  if (!figures) return;
  gauge(out, "tocsin_history_bytes", "What the history takes on disk, as of the last write.")
      .add({}, as_double(figures->bytes));
  gauge(out, "tocsin_history_limit_bytes", "What the history may take on disk.")
      .add({}, as_double(history.settings().history_bytes));
  if (figures->oldest)
    gauge(out, "tocsin_history_oldest_timestamp_seconds", "When its oldest sample was taken.")
        .add({}, in_seconds(figures->oldest->time_since_epoch()));
  counter(out, "tocsin_history_segments_total",
          "Segments of the history, by whether they were written or given up.")
      .add({{"result", "written"}}, as_double(figures->written))
      .add({{"result", "dropped"}}, as_double(figures->dropped));
}

void http_metrics(const View& view, Families& out) {
  auto connections =
      gauge(out, "tocsin_http_connections", "Connections that are open, by listener.");
  for (const auto& [name, server] : view.servers)
    connections.add({{"listener", name}}, as_double(server->counts().connections));
  auto rejected = counter(out, "tocsin_http_connections_rejected_total",
                          "Connections that were refused at the limit, by listener.");
  for (const auto& [name, server] : view.servers)
    rejected.add({{"listener", name}}, as_double(server->counts().rejected));
  auto requests = counter(out, "tocsin_http_requests_total",
                          "Requests that were answered, by listener and status.");
  for (const auto& [name, server] : view.servers)
    for (const auto& [status, count] : server->counts().answers)
      requests.add({{"listener", name}, {"code", std::to_string(status)}}, as_double(count));
}

}  // namespace

Families own_metrics(const View& view, Now now) {
  Families out;
  gauge(out, "tocsin_build_info", "Which tocsin this is; the value is always 1.")
      .add({{"version", kVersion}}, 1);
  gauge(out, "tocsin_uptime_seconds", "How long this tocsin has been running.")
      .add({}, in_seconds(now.boot - view.started.boot));
  const engine::Status status = view.engine.status(now);
  engine_metrics(view.engine, status, out);
  auto missed = counter(out, "tocsin_ticks_missed_total",
                        "Ticks of a target at which it was not scraped, because the scrape before "
                        "was still under way or the machine was suspended.");
  for (const auto& [target, count] : view.scrapers.missed_ticks())
    missed.add({{"target", target}}, as_double(count));
  delivery_metrics(view, status, out);
  loop_metrics(view.gauge, out);
  config_metrics(view.config, out);
  heartbeat_metrics(view.heartbeat, out);
  history_metrics(view.history, out);
  http_metrics(view, out);
  process_metrics(out);
  std::erase_if(out, [](const auto& family) { return family.metric.empty(); });
  return out;
}

}  // namespace tocsin::app
