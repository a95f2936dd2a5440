// Risk: what is replayed from the history is not what was lived through: other pages, at other
// times, to others.
#include <doctest/doctest.h>

#include <random>

#include "storage/history_file.hpp"
#include "storage/history_reading.hpp"
#include "support/engine_bench.hpp"
#include "tocsin/backtest/replay.hpp"
#include "tocsin/series/history.hpp"
#include "unit/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;
using storage_test::TemporaryFolder;

namespace {

const WallTime kLivedFrom{std::chrono::hours(500'000)};

/// Walks that cross their thresholds now and then; a series that comes and goes; failures.
class Weather {
 public:
  explicit Weather(unsigned seed) : random_(seed) {}

  Scrape answer(const config::Target& target) {
    Scrape scrape;
    scrape.took = Duration(static_cast<int>(random_() % 900));
    if (chance(target.name == "db" ? 0.05 : 0.01)) down_[target.name] = 1 + random_() % 8;
    if (down_[target.name] > 0) {
      --down_[target.name];
      scrape.outcome = ScrapeOutcome::timed_out;
      return scrape;
    }
    double& level = level_[target.name];
    level = std::max(0.0, level + static_cast<double>(random_() % 201) / 10 - 10);
    if (level > 100) level = 0;
    total_[target.name] += level;
    scrape.body = "level{zone=\"a\\\"b\"} " + std::to_string(level) + "\n" + "work_total " +
                  std::to_string(total_[target.name]) + "\n";
    if (chance(0.7)) scrape.body += "sometimes " + std::to_string(level / 2) + "\n";
    return scrape;
  }

 private:
  bool chance(double part) { return static_cast<double>(random_() % 10'000) < part * 10'000; }

  std::mt19937 random_;
  std::map<std::string, double> level_;
  std::map<std::string, double> total_;
  std::map<std::string, unsigned> down_;
};

config::EngineConfig lived_config() {
  auto config = usual_config();
  for (const auto& [name, every] : {std::pair<std::string, Duration>{"db", 15s}, {"slow", 5min}}) {
    auto target = config.targets.front();
    target.name = name;
    target.every = every;
    target.labels = Labels{{"job", name}, {"instance", name + ":1"}};
    config.targets.push_back(target);
  }
  auto high = gauge_rule("High", "level", 60);
  high.threshold->clear = 40;
  high.hold = rule::HoldFor{2min};
  auto busy = gauge_rule("Busy", "rate(work_total[5m])", 1);
  busy.keep_firing_for = 3min;
  config.rules = {high, busy, gauge_rule("Sum", "sum(level) + sum(sometimes)", 130),
                  gauge_rule("Half", "sometimes{job=\"db\"}", 30)};
  auto down = gauge_rule("Down", "up", 0);
  down.threshold = rule::Threshold{rule::Direction::below, std::nullopt, 1, 1, Unit::none};
  down.hold = rule::BadOf{2, 3};
  config.rules.push_back(down);
  config.rules.front().inhibited_by = {"Down"};
  config.rules.front().equal = {"job"};
  return config;
}

using RingLine = std::tuple<WallTime, std::string, int, std::string>;

std::vector<RingLine> lived(const engine::VirtualRun& run) {
  std::vector<RingLine> all;
  for (const engine::Telling& told : run.told()) {
    if (told.delivery.action != DeliveryAction::open) continue;
    all.emplace_back(kLivedFrom + told.at, told.delivery.receiver, told.delivery.level,
                     to_string(told.delivery.notice.kind));
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<RingLine> replayed(const backtest::Outcome& outcome) {
  std::vector<RingLine> all;
  for (const backtest::Episode& episode : outcome.episodes) {
    for (const backtest::Ring& ring : episode.rings) {
      all.emplace_back(ring.at, ring.receiver, ring.level, to_string(ring.kind));
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

Result<backtest::Recording> read_all(const std::string& folder) {
  return storage::read_history(
      folder, {WallTime::min() + 24h, WallTime::max() - 24h, [](const Labels&) { return true; }});
}

}  // namespace

TEST_CASE("history: a replay rings whom the engine rang, at the same millisecond") {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    TemporaryFolder temp;
    const std::string folder = temp / ".";
    const auto config = lived_config();
    Weather weather(seed);
    engine::VirtualRun run(
        config, kLivedFrom,
        [&weather](const config::Target& target, std::size_t) { return weather.answer(target); });
    storage::HistoryFile file(folder, "boot");
    for (Duration at = 2min; at <= 12h; at += 2min) {
      run.run_until(at);
      REQUIRE(file.write(run.engine().take_history(), run.moment(), {24h * 30, 1U << 30U}));
    }
    const auto recording = read_all(folder);
    REQUIRE_MESSAGE(recording, recording.error().text);
    CHECK(recording->targets.size() == 3);
    const auto outcome = backtest::replay(config, *recording, {});
    const auto expected = lived(run);
    CHECK(expected.size() > 50);
    CHECK(replayed(outcome) == expected);
    CHECK(outcome.off_grid == 0);
  }
}

/// Storage and receivers as they should be; targets as the weather is.
class Lived : public Bench {
 public:
  Lived(const config::EngineConfig& config, unsigned seed) : Bench(config), weather_(seed) {}

 private:
  Scrape asked(const config::Target& target, std::size_t /*number*/) override {
    return weather_.answer(target);
  }
  Weather weather_;
};

TEST_CASE("history: where the daemon was away, the replay begins anew as the daemon did") {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    TemporaryFolder temp;
    const std::string folder = temp / ".";
    const auto config = lived_config();
    Lived run(config, seed);
    storage::HistoryFile file(folder, "boot");
    const auto live_until = [&](Duration until) {
      for (Duration at = run.elapsed(run.moment().boot); at < until;) {
        at = std::min<Duration>(at + 2min, until);
        run.run_until(at);
        REQUIRE(file.write(run.engine().take_history(), run.moment(), {24h * 30, 1U << 30U}));
      }
    };
    for (const Duration until : {3h, 6h, 9h}) {
      live_until(until);
      run.restart(seed * 5min - 1ms);
      std::string warning;
      auto memory = file.load(run.engine().store().kept_for(), run.moment(), warning);
      REQUIRE(memory);
      run.remember(std::move(*memory));
    }
    live_until(12h);
    const auto recording = read_all(folder);
    REQUIRE(recording);
    const auto outcome = backtest::replay(config, *recording, {});
    CHECK(outcome.absences.size() == 3);
    const auto expected = lived(run);
    CHECK(expected.size() > 50);
    CHECK(replayed(outcome) == expected);
  }
}

TEST_CASE(
    "history: boots follow one another, ticks stay on the grid, the calendar is each boot's") {
  TemporaryFolder temp;
  const std::string folder = temp / ".";
  const auto config = lived_config();
  const auto live = [&](const std::string& boot, WallTime from, unsigned seed) {
    Weather weather(seed);
    engine::VirtualRun run(config, from, [&weather](const config::Target& target, std::size_t) {
      return weather.answer(target);
    });
    storage::HistoryFile file(folder, boot);
    std::string warning;
    auto memory = file.load(5min, run.moment(), warning);
    REQUIRE(memory);
    static_cast<void>(run.engine().remembered(std::move(*memory), run.moment()));
    run.run_until(30min);
    REQUIRE(file.write(run.engine().take_history(), run.moment(), {24h * 30, 1U << 30U}));
  };
  live("one", kLivedFrom, 1);
  live("two", kLivedFrom + 41min + 7s, 2);
  const auto recording = read_all(folder);
  REQUIRE(recording);
  const auto outcome = backtest::replay(config, *recording, {});
  CHECK(outcome.off_grid == 0);
  CHECK(outcome.scrapes == 2 * (31 + 121 + 7));
  REQUIRE(outcome.absences.size() == 1);
  CHECK(outcome.absences.front().from == kLivedFrom + 30min);
  CHECK(outcome.absences.front().to == kLivedFrom + 41min + 7s);
  CHECK(outcome.to == kLivedFrom + 71min + 7s);
}

TEST_CASE("history: where there is none, the error says what to look at") {
  TemporaryFolder temp;
  const auto none = read_all(temp / "nowhere");
  REQUIRE(!none);
  CHECK(none.error().code == ErrorCode::not_found);
  CHECK(none.error().text.find("nowhere/history.db") != std::string::npos);
}
