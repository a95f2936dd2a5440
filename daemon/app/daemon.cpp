// How the daemon is put together. What it does while it runs is in daemon_run.cpp.
#include "app/daemon.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <filesystem>
#include <random>
#include <utility>

#include "app/own_metrics.hpp"
#include "app/program.hpp"
#include "http/exposition.hpp"
#include "loop/clock.hpp"
#include "loop/log.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace {

/// Somebody who asks for /metrics more often than this gets the same host figures again.
constexpr Duration kHostMetricsAge = std::chrono::seconds(1);
constexpr Duration kHostDeadline = std::chrono::seconds(5);
constexpr std::uint64_t kLargestWord = 1U << 20U;  ///< bytes: what a baseline has learned

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

const config::HostSource* host_source(const config::Config& config) {
  for (const config::Source& source : config.sources)
    if (const auto* const host = std::get_if<config::HostSource>(&source.kind)) return host;
  return nullptr;
}

Receivers::Maker receiver_maker(loop::HttpClient& http, std::string program) {
  Receivers::Maker maker;
  maker.receiver = [&http,
                    called = std::move(program)](const config::ReceiverDefinition& definition) {
    return receivers::make_receiver(definition, http, called);
  };
  maker.definition = [](const RetiredReceiver& retired) {
    return receiver_from(retired.definition);
  };
  return maker;
}

}  // namespace

Daemon::Daemon(RunOptions options, Configuration read)
    : options_(std::move(options)),
      config_(std::move(*read.config)),
      written_(std::move(read.written)),
      snapshot_(std::move(read.snapshot)),
      started_(loop::now()),
      signals_(loop_),
      stop_deadline_(loop_),
      systemd_(loop_.get_executor()),
      workers_(loop_.get_executor(), {}),
      http_(loop_.get_executor()),
      network_(loop_.get_executor()),
      gauge_(loop_),
      receivers_(receiver_maker(http_, program_for(config_.control.socket))),
      progress_(started_.boot),
      heartbeat_(http_, [this] { return standing_still(); }) {
  config_state_.folder = options_.folder;
  config_state_.loaded_at = started_.wall;
}

Daemon::~Daemon() = default;

// The control socket is taken before the state is touched: two daemons must not share one.
Result<std::unique_ptr<Daemon>> Daemon::make(RunOptions options, Configuration read) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(options), std::move(read)));
  if (auto opened = daemon->open_control(); !opened) return tl::unexpected(opened.error());
  auto records = daemon->open_storage();
  if (!records) return tl::unexpected(records.error());
  if (auto wired = daemon->wire(); !wired) return tl::unexpected(wired.error());
  if (auto opened = daemon->open_listener(); !opened) return tl::unexpected(opened.error());
  daemon->begin(std::move(*records));
  return daemon;
}

// Requests are handled once the loop runs: the routers are there by then.
Result<void> Daemon::open_control() {
  const auto handle = [this](http::Request request, http::Respond respond) {
    control_router_->handle(std::move(request), std::move(respond));
  };
  http::ServerLimits limits;
  limits.body_bytes = kLargestWord;
  auto server =
      http::Server::listen_unix(loop_.get_executor(), config_.control.socket, limits, handle);
  if (!server) return tl::unexpected(server.error().within("control socket"));
  servers_.emplace("control", std::move(*server));
  return {};
}

Result<void> Daemon::open_listener() {
  if (config_.listen.address.empty()) return {};
  const auto handle = [this](http::Request request, http::Respond respond) {
    read_router_->handle(std::move(request), std::move(respond));
  };
  http::ServerLimits limits;
  limits.connections = config_.listen.max_connections;
  auto server =
      http::Server::listen_tcp(loop_.get_executor(), config_.listen.address, limits, handle);
  if (!server) return tl::unexpected(server.error().within("listener"));
  servers_.emplace("tcp", std::move(*server));
  return {};
}

Result<Records> Daemon::open_storage() {
  storage::Options where;
  where.folder = config_.storage.path;
  where.run_folder = std::filesystem::path(config_.control.socket).parent_path();
  where.boot_id = loop::boot_id();
  storage_ = std::make_unique<storage::Storage>(
      where, [this](std::function<void()> call) { boost::asio::post(loop_, std::move(call)); });
  auto loaded = storage_->load();
  if (!loaded) return tl::unexpected(loaded.error().within("storage"));
  for (const std::string& warning : loaded->warnings) loop::log::warning("storage: " + warning);
  jobs_ = std::make_unique<sources::Jobs>(loop_.get_executor(), workers_,
                                          config_.storage.path + "/jobs.json", where.boot_id);
  return std::move(loaded->records);
}

/// A tocsin without links rings all the same.
void Daemon::offer_links() {
  if (config_.listen.external_url.empty()) return;
  if (const auto exposed = exposed_key(config_.storage.path))
    loop::log::warning(exposed->file + ": " + exposed->message + "; " + exposed->hint);
  auto key = acknowledge_key(config_.storage.path);
  if (key) {
    links_ = AcknowledgeLinks(config_.listen, std::move(*key));
  } else {
    loop::log::error("notices carry no links to acknowledge: " + key.error().text);
  }
}

Result<void> Daemon::wire() {
  offer_links();
  Hands hands;
  hands.deliver = [this](const Delivery& delivery, std::function<void(DeliveryOutcome)> done) {
    std::string link = links_.link_for(delivery.notice, loop::now().wall);
    if (link.empty()) return receivers_.deliver(delivery, std::move(done));
    Delivery linked = delivery;
    linked.notice.acknowledge_url = std::move(link);
    receivers_.deliver(linked, [done = std::move(done),
                                signature = AcknowledgeLinks::signature_of(
                                    linked.notice.acknowledge_url)](DeliveryOutcome outcome) {
      // A receiver may quote what it was sent, and what it says is recorded and shown.
      outcome.detail = replaced(outcome.detail, signature, "***");
      done(std::move(outcome));
    });
  };
  hands.poll = [this](const engine::AckPoll& asked,
                      std::function<void(std::vector<Command>)> done) {
    receivers_.poll(asked, std::move(done));
  };
  engine::Engine engine(config_.engine, loop::boot_id(), random_seed(), started_);
  driver_ = std::make_unique<Driver>(loop_.get_executor(), std::move(engine), *storage_,
                                     std::move(hands));

  history_ = std::make_unique<HistoryFeed>(loop_.get_executor(), *driver_);
  if (auto made = make_host_collector(config_); !made) return made;
  tell_host_what_rules_read();
  Scrapers::Maker maker;
  maker.source = [this](const config::Source& source) { return make_source(source); };
  maker.id = [this](const std::string& name) { return driver_->engine().target(name); };
  scrapers_ = std::make_unique<Scrapers>(loop_.get_executor(), std::move(maker),
                                         [this](const Scrape& scrape) { take(scrape); });

  view_.reset(new View{driver_->engine(), *scrapers_, receivers_, gauge_, config_state_, heartbeat_,
                       *history_, servers_, started_});
  const Surface surface{
      *view_,
      *driver_,
      *storage_,
      *jobs_,
      links_,
      [this](std::function<void(std::string)> done) {
        look_at_files();
        host_metrics(std::move(done));
      },
      [this](std::function<void(const Reloaded&)> done) { reload(std::move(done)); },
      [this]() -> const config::Control& { return config_.control; },
      [this]() -> const std::vector<config::ReceiverDefinition>& { return config_.receivers; },
      [this] { return described(); },
      [this] { return ready_ && !stopping_; }};
  control_router_ = std::make_unique<http::Router>(control_routes(surface));
  read_router_ = std::make_unique<http::Router>(read_routes(surface));
  return {};
}

// What storage knew comes before the first scrape. Receivers that were removed before the restart
// come before it too: something may be owed to them at once.
void Daemon::begin(Records records) {
  receivers_.configure(config_.receivers);
  receivers_.retire(records.retired_receivers);
  driver_->restored(std::move(records));
  history_->configure(config_.storage);
  scrapers_->configure(config_.engine.host, config_.sources);
  heartbeat_.configure(config_.heartbeat);
}

Result<void> Daemon::make_host_collector(const config::Config& config) {
  const config::HostSource* const wanted = host_source(config);
  auto made = sources::HostCollector::make(wanted != nullptr ? *wanted : config::HostSource{},
                                           workers_, kHostDeadline);
  if (!made) return tl::unexpected(made.error().within("source.host"));
  host_ = std::move(*made);
  return {};
}

void Daemon::tell_host_what_rules_read() {
  std::vector<std::string> names;
  const auto add = [&names](const expr::Expression& expression) {
    names.insert(names.end(), expression.names().begin(), expression.names().end());
  };
  for (const rule::Record& record : config_.engine.records) add(record.expression);
  for (const rule::Rule& rule : config_.engine.rules) add(rule.expression);
  host_->rules_read(names);
}

void Daemon::host_metrics(std::function<void(std::string)> done) {
  if (host_source(config_) == nullptr) return done("");
  host_->collect(kHostMetricsAge, sources::HostCollector::Breadth::everything, std::move(done));
}

std::unique_ptr<sources::Source> Daemon::make_source(const config::Source& source) {
  const sources::Workshop workshop{http_,    *host_, [this] { return own_metrics_text(); },
                                   network_, *jobs_, workers_};
  return sources::make_source(source, workshop);
}

std::string Daemon::own_metrics_text() {
  look_at_files();
  return http::render(own_metrics(*view_, loop::now()), ExpositionFormat::text);
}

}  // namespace tocsin::app
