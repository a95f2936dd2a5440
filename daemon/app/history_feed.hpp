// Carries samples from the engine to the history every few minutes, and at a start from the history
// to the engine. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <string>

#include "app/driver.hpp"
#include "loop/boot_timer.hpp"
#include "storage/history.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::app {

class HistoryFeed {
 public:
  /// The driver outlives it.
  HistoryFeed(const boost::asio::any_io_executor& loop, Driver& driver)
      : driver_(driver), timer_(loop) {}

  /// The first configuration, before the first scrape, or a reload's; its path stays.
  void configure(const config::Storage& storage);
  /// Hands over what is left; nothing more comes.
  void end();
  /// None where no history is kept.
  [[nodiscard]] std::optional<storage::HistoryFigures> figures() const;
  [[nodiscard]] const config::Storage& settings() const { return settings_; }

 private:
  void begin();
  void feed();
  void wait();
  [[nodiscard]] bool wanted() const { return settings_.history > Duration::zero(); }

  Driver& driver_;
  loop::BootTimer timer_;
  config::Storage settings_;
  std::optional<storage::History> history_;
};

}  // namespace tocsin::app
