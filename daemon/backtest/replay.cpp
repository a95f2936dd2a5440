#include "tocsin/backtest/replay.hpp"

#include <algorithm>
#include <queue>
#include <utility>

#include "backtest/collector.hpp"
#include "backtest/ticks.hpp"

namespace tocsin::backtest {
namespace {

/// No longer silence of all targets is bridged: the daemon was not there.
constexpr Duration kLongestSilence = std::chrono::minutes(4);
constexpr std::size_t kTellEvery = 2'000;  ///< ticks
constexpr std::size_t kNoteEvery = 500;    ///< ticks between looks at what rules find

struct Walking {
  TargetTicks ticks;
  TargetId id;
  Duration every{};
  Duration offset{};
  BootTime last = BootTime::min();
};

/// The nearest tick: what measures does not keep its beat to the millisecond.
BootTime on_grid(const Walking& walking, series::Millis time) {
  return config::tick_at_or_before(BootTime(Duration(time)) + walking.every / 2, walking.every,
                                   walking.offset);
}

class Replayer {
 public:
  Replayer(config::EngineConfig config, const Recording& recording, const ReplayOptions& options)
      : recording_(recording), options_(options), config_(std::move(config)) {
    config_.targets.clear();
    for (const RecordedTarget& target : recording.targets) config_.targets.push_back(target.spec);
  }

  Outcome run() {
    Duration fastest = Duration::max() / 3;
    for (std::size_t i = 0; i < recording_.targets.size(); ++i) {
      const config::Target& spec = recording_.targets[i].spec;
      walking_.push_back({TargetTicks(recording_, i),
                          {},
                          spec.every,
                          config::host_offset(config_.host, spec.every)});
      fastest = std::min(fastest, spec.every);
      queue(i);
    }
    if (queue_.empty()) return {};
    longest_silence_ = std::max(kLongestSilence, fastest * 3 / 2);
    const series::Millis first = queue_.top().first;
    const Now begin{BootTime(Duration(first)), recording_.wall(first)};
    outcome_.from = std::max(begin.wall, options_.from);
    outcome_.to = begin.wall;
    Collector engine(config_, begin, options_.from);
    for (Walking& each : walking_) {
      each.id = engine.engine().target(
          recording_.targets[static_cast<std::size_t>(&each - walking_.data())].spec.name);
    }
    series::Millis last = first;
    for (std::size_t number = 0; !queue_.empty(); ++number) {
      const auto [time, target] = queue_.top();
      queue_.pop();
      if (recording_.wall(time) > options_.to) break;
      if (Duration(time - last) > longest_silence_) absent(engine, last, time);
      last = time;
      tick(engine, walking_[target], time);
      queue(target);
      if (number % kNoteEvery == 0) engine.note_rules();
      if (number % kTellEvery == 0 && options_.progress) options_.progress(recording_.wall(time));
      engine.forget();
    }
    engine.run_until(engine.elapsed(engine.moment().boot));
    for (const Walking& each : walking_) outcome_.samples += each.ticks.samples();
    engine.finish(outcome_);
    return std::move(outcome_);
  }

 private:
  using Due = std::pair<series::Millis, std::size_t>;

  void queue(std::size_t target) {
    if (const auto next = walking_[target].ticks.next()) queue_.emplace(*next, target);
  }

  void absent(Collector& engine, series::Millis last, series::Millis time) {
    const WallTime wall = recording_.wall(time);
    if (const Duration away = BootTime(Duration(time)) - engine.moment().boot; away > Duration(1)) {
      // It is back a moment before its first tick.
      engine.away(away - Duration(1));
    }
    if (wall >= options_.from) outcome_.absences.push_back({recording_.wall(last), wall});
  }

  void tick(Collector& engine, Walking& target, series::Millis time) {
    Scrape scrape = target.ticks.take();
    scrape.target = target.id;
    scrape.tick = on_grid(target, time);
    if (scrape.tick <= target.last) {
      ++outcome_.off_grid;
      return;
    }
    target.last = scrape.tick;
    outcome_.to = recording_.wall(time);
    ++outcome_.scrapes;
    engine.replay(scrape, outcome_.to);
  }

  const Recording& recording_;
  const ReplayOptions& options_;
  config::EngineConfig config_;
  std::vector<Walking> walking_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue_;
  Duration longest_silence_ = kLongestSilence;
  Outcome outcome_;
};

}  // namespace

Outcome replay(config::EngineConfig config, const Recording& recording,
               const ReplayOptions& options) {
  return Replayer(std::move(config), recording, options).run();
}

}  // namespace tocsin::backtest
