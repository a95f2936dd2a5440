// The daemon's life: it runs and stops. How it reloads is in daemon_reload.cpp.
#include <fmt/format.h>

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
    if (server->port() != 0) {
      const std::string& address = config_.listen.address;
      const bool chosen = !address.ends_with(fmt::format(":{}", server->port()));
      loop::log::info(fmt::format("listening on {}{}", address,
                                  chosen ? fmt::format(" (port {})", server->port()) : ""));
    }
  systemd_.ready(what);
  loop::give_back_memory();
  systemd_.feed_watchdog([this] { return moves_on(); });
  gauge_.run();
  loop::log::info("stopped");
}

std::string Daemon::summary() const {
  return status_line(driver_->engine().status(loop::now()), config_state_);
}

// A loop that turns and forgets its work does not move on.
bool Daemon::moves_on() {
  const bool well = uptake_.moves_on({scrapers_->due(), driver_->due()}, loop::now().boot);
  if (!well) loop::log::error("work that fell due is not taken up: the watchdog is not fed");
  return well;
}

void Daemon::take(const Scrape& scrape) {
  constexpr std::size_t kManySeries = 1'000;  // come with a large target's first answer
  const series::Store& store = driver_->engine().store();
  const std::size_t before = store.series_count();
  driver_->scraped(scrape);
  if (store.series_count() > before + kManySeries) loop::give_back_memory();
  tell_status_soon();
}

void Daemon::tell_status_soon() {
  constexpr Duration kSoon{200};
  if (std::exchange(status_waits_, true)) return;
  status_timer_.at(loop::now().boot + kSoon, [this] {
    status_waits_ = false;
    tell_status();
  });
}

void Daemon::tell_status() {
  if (std::string line = summary(); line != status_told_) {
    systemd_.status(line);
    status_told_ = std::move(line);
  }
}

std::vector<std::string> Daemon::standing_still() {
  const Now now = loop::now();
  return progress_.look(driver_->engine().status(now), config_.engine.tuning.outbox.fallback_after,
                        now.boot);
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

void Daemon::stop(std::string_view why) {
  if (std::exchange(stopping_, true)) return end();  // asked twice: at once
  loop::log::info(fmt::format("{}: stopping", why));
  systemd_.stopping();
  for (const auto& [name, server] : servers_) server->stop();
  scrapers_->stop();
  heartbeat_.stop();
  driver_->wind_down();
  history_->end();
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
