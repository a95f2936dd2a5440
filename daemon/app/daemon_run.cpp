// The daemon's life: it runs, reloads and stops.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>

#include "app/daemon.hpp"
#include "app/status_line.hpp"
#include "loop/clock.hpp"
#include "loop/log.hpp"
#include "loop/memory.hpp"

namespace tocsin::app {

namespace {

constexpr std::chrono::seconds kStopWithin{5};
constexpr Duration kReadWithin = std::chrono::seconds(30);
/// So long without a heartbeat, the loop does not move on.
constexpr std::chrono::seconds kProgressWithin = 3 * LoopGauge::kBeat;

bool same_host_source(const config::Config& a, const config::Config& b) {
  const auto find = [](const config::Config& config) -> const config::HostSource* {
    for (const config::Source& source : config.sources)
      if (const auto* const host = std::get_if<config::HostSource>(&source.kind)) return host;
    return nullptr;
  };
  const auto* const one = find(a);
  const auto* const other = find(b);
  return one == nullptr || other == nullptr ? one == other : *one == *other;
}

/// What a reload cannot change, in words; "" where it need not.
std::string needs_restart(const config::Config& now, const config::Config& wanted) {
  std::string out;
  const auto add = [&out](std::string_view what) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", what);
  };
  if (now.listen.address != wanted.listen.address ||
      now.listen.max_connections != wanted.listen.max_connections)
    add("[listen]");
  if (now.control.socket != wanted.control.socket) add("[control] socket");
  if (now.storage.path != wanted.storage.path) add("[storage] path");
  return out;
}

/// Each line is a line of the log: diagnostics stand over their carets.
void log_lines(loop::log::Level level, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) loop::log::write(level, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

void Daemon::run() {
  std::signal(SIGPIPE, SIG_IGN);
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  signals_.add(SIGHUP);
  await_signals();
  ready_ = true;
  const std::string what = summary();
  loop::log::info("tocsin " + std::string(kVersion) + " watches " + config_.engine.host + ": " +
                  what);
  for (const auto& [name, server] : servers_)
    if (server->port() != 0)
      loop::log::info(
          fmt::format("listening on {} (port {})", config_.listen.address, server->port()));
  systemd_.ready(what);
  loop::give_back_memory();
  systemd_.feed_watchdog([this] { return gauge_.progressed_within(kProgressWithin); });
  gauge_.run();
  loop::log::info("stopped");
}

std::string Daemon::summary() const {
  return status_line(driver_->engine().status(loop::now()), config_state_);
}

void Daemon::tell_status() {
  if (std::string line = summary(); line != status_told_) {
    systemd_.status(line);
    status_told_ = std::move(line);
  }
}

void Daemon::await_signals() {
  signals_.async_wait([this](boost::system::error_code cancelled, int signal) {
    if (cancelled) return;
    await_signals();
    if (signal == SIGHUP) {
      if (!stopping_) reload([](const Reloaded&) {});
    } else {
      stop(signal == SIGINT ? "interrupted" : "asked to stop");
    }
  });
}

// One that is asked for while another is under way reads the files anew: they may have changed.
void Daemon::reload(std::function<void(const Reloaded&)> done) {
  await_reload_.push_back(std::move(done));
  if (!reloading_) begin_reload();
}

// The files are read on the pool: a hung file system must not stop the loop.
void Daemon::begin_reload() {
  reloading_ = true;
  systemd_.reloading();
  const auto waiting = std::exchange(await_reload_, {});
  const std::function<config::Loaded()> load = [options = options_] {
    return load_configuration(options);
  };
  workers_.submit<config::Loaded>(
      "configuration", load, kReadWithin,
      [this, waiting](loop::JobEnd, std::optional<config::Loaded> loaded) {
        const Reloaded result = reloaded(std::move(loaded));
        reloading_ = false;
        for (const auto& done : waiting) done(result);
        if (!await_reload_.empty()) begin_reload();
      });
}

Reloaded Daemon::reloaded(std::optional<config::Loaded> loaded) {
  Reloaded out;
  Result<void> applied;
  if (loaded) out.text = config::render(loaded->diagnostics);
  if (stopping_) {
    applied = fail(ErrorCode::unavailable, "tocsin is stopping");
  } else if (!loaded) {
    applied = fail(ErrorCode::timeout, "the files could not be read in time");
  } else if (!loaded->config) {
    applied = fail(ErrorCode::invalid, "the configuration has errors");
  } else {
    applied = apply(std::move(*loaded->config));
  }
  out.ok = applied.has_value();
  config_state_.last_ok = out.ok;
  if (out.ok) {
    ++config_state_.reloads;
    config_state_.loaded_at = loop::now().wall;
    config_state_.last_error.clear();
    out.text += "reloaded: " + summary();
    log_lines(loop::log::Level::info, out.text);
  } else {
    ++config_state_.reloads_failed;
    out.text += "not reloaded, nothing has changed: " + applied.error().text;
    config_state_.last_error = out.text;
    log_lines(loop::log::Level::error, out.text);
  }
  loaded.reset();
  loop::give_back_memory();
  systemd_.ready(summary());
  return out;
}

Result<void> Daemon::apply(config::Config config) {
  // Kept alive until the old source that reads it is gone.
  std::unique_ptr<sources::HostCollector> old_host;
  if (!same_host_source(config_, config)) {
    old_host = std::move(host_);
    if (auto made = make_host_collector(config); !made) {
      host_ = std::move(old_host);
      return made;
    }
  }
  if (const std::string late = needs_restart(config_, config); !late.empty())
    loop::log::warning(late + " takes effect at the next start");
  config.listen = config_.listen;
  config.control.socket = config_.control.socket;
  config.storage = config_.storage;
  config_ = std::move(config);
  tell_host_what_rules_read();
  receivers_.configure(config_.receivers);
  driver_->configured(config_.engine);
  scrapers_->configure(config_.engine.host, config_.sources);
  receivers_.retire(driver_->engine().retired_receivers());
  return {};
}

void Daemon::stop(std::string_view why) {
  if (std::exchange(stopping_, true)) return end();  // asked twice: at once
  loop::log::info(fmt::format("{}: stopping", why));
  systemd_.stopping();
  for (const auto& [name, server] : servers_) server->stop();
  scrapers_->stop();
  driver_->wind_down();
  if (driver_->sends_in_flight() == 0) return end();
  loop::log::info(fmt::format("waiting for the notices under way: {}", driver_->sends_in_flight()));
  driver_->when_quiet([this] { end(); });
  stop_deadline_.expires_after(kStopWithin);
  stop_deadline_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) end();
  });
}

// Posted: what is being carried out at this moment is carried out whole.
void Daemon::end() {
  boost::asio::post(loop_, [this] { loop_.stop(); });
}

}  // namespace tocsin::app
