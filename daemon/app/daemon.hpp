// The composition root: owns everything, in the order in which it must end, and wires it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>

#include "app/acknowledge_links.hpp"
#include "app/heartbeat.hpp"
#include "app/history_feed.hpp"
#include "app/options.hpp"
#include "app/progress.hpp"
#include "app/receivers.hpp"
#include "app/routes.hpp"
#include "app/uptake.hpp"
#include "app/view.hpp"
#include "loop/http_client.hpp"
#include "loop/systemd.hpp"
#include "loop/worker_pool.hpp"
#include "sources/host_collector.hpp"
#include "sources/jobs.hpp"
#include "sources/make_source.hpp"
#include "sources/network.hpp"

namespace tocsin::app {

class Daemon {
 public:
  /// Of a configuration that is good. Takes the control socket, loads the state, listens. Nothing
  /// is scraped before run().
  [[nodiscard]] static Result<std::unique_ptr<Daemon>> make(RunOptions options, Configuration read);
  ~Daemon();

  /// Until a signal ends it.
  void run();

 private:
  Daemon(RunOptions options, Configuration read);

  [[nodiscard]] Result<void> open_control();
  [[nodiscard]] Result<Records> open_storage();
  [[nodiscard]] Result<void> open_listener();
  void offer_links();
  [[nodiscard]] Result<void> wire();
  void begin(Records records);

  [[nodiscard]] Result<void> make_host_collector(const config::Config& config);
  void tell_host_what_rules_read();
  void host_metrics(std::function<void(std::string)> done);
  [[nodiscard]] std::unique_ptr<sources::Source> make_source(const config::Source& source);
  [[nodiscard]] std::string own_metrics_text();

  void await_signals();
  void reload(std::function<void(const Reloaded&)> done);
  void begin_reload();
  [[nodiscard]] Reloaded reloaded(std::optional<Configuration> read);
  [[nodiscard]] Result<void> apply(Configuration read);
  [[nodiscard]] config::Description described() const;
  /// For the metric: whoever asks for metrics finds what the look before this one found.
  void look_at_files();
  [[nodiscard]] std::string summary() const;
  void take(const Scrape& scrape);
  void tell_status();
  /// Many answers come at once: they cost one line for the service manager.
  void tell_status_soon();
  [[nodiscard]] bool moves_on();
  [[nodiscard]] std::vector<std::string> standing_still();
  void stop(std::string_view why);
  void end();

  RunOptions options_;
  config::Config config_;
  Places written_;
  toml::Snapshot snapshot_;
  bool looking_at_files_ = false;
  ConfigState config_state_;
  Now started_;
  bool ready_ = false;
  bool stopping_ = false;
  bool reloading_ = false;
  std::string status_told_;
  bool status_waits_ = false;
  std::vector<std::function<void(const Reloaded&)>> await_reload_;

  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer stop_deadline_;
  loop::BootTimer status_timer_{loop_.get_executor()};
  loop::Systemd systemd_;
  loop::WorkerPool workers_;
  loop::HttpClient http_;
  sources::Network network_;
  LoopGauge gauge_;
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<sources::Jobs> jobs_;
  Receivers receivers_;
  AcknowledgeLinks links_;
  std::unique_ptr<Driver> driver_;
  std::unique_ptr<HistoryFeed> history_;
  std::unique_ptr<sources::HostCollector> host_;
  std::unique_ptr<Scrapers> scrapers_;
  Uptake uptake_;
  Progress progress_;
  Heartbeat heartbeat_;
  std::unique_ptr<View> view_;
  std::unique_ptr<http::Router> control_router_;
  std::unique_ptr<http::Router> read_router_;
  std::map<std::string, std::unique_ptr<http::Server>> servers_;
};

}  // namespace tocsin::app
