// The targets on the tick grid: each is scraped at its ticks, one scrape at a time; a tick that
// comes while the last scrape is under way, or that passed unnoticed (a suspend, a blocked loop),
// is counted and skipped. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/boot_timer.hpp"
#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::app {

class Scrapers {
 public:
  struct Maker {
    std::function<std::unique_ptr<sources::Source>(const config::Source&)> source;
    std::function<TargetId(const std::string&)> id;
  };
  Scrapers(boost::asio::any_io_executor loop, Maker make, std::function<void(const Scrape&)> done);

  /// From now on these targets; a new one is scraped at once. One whose definition is equal keeps
  /// its source, its ticks and a scrape under way.
  void configure(const std::string& host, const std::vector<config::Source>& sources);
  /// Abandons what is under way; no tick any more.
  void stop();
  /// When the earliest tick falls due, or fell due and has not been begun; none where there are no
  /// targets, or none any more.
  [[nodiscard]] std::optional<BootTime> due() const;
  /// By target.
  [[nodiscard]] std::map<std::string, std::uint64_t> missed_ticks() const;

 private:
  struct Slot {
    config::Source definition;
    std::unique_ptr<sources::Source> source;
    TargetId id;
    Duration offset{};
    BootTime next;
    bool first = true;  ///< the first scrape does not wait for the grid, and carries its own time
    std::optional<BootTime> under_way;  ///< the tick that is being scraped
    std::uint64_t missed = 0;
  };

  void tick();
  void tick(Slot& slot, BootTime now);
  void give_up_overdue(Slot& slot, BootTime now);
  void set_timer();

  Maker make_;
  std::function<void(const Scrape&)> done_;
  std::map<std::string, std::unique_ptr<Slot>> slots_;
  loop::BootTimer timer_;
  bool stopped_ = false;
};

}  // namespace tocsin::app
