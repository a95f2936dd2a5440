// Risks: a rule that is blind after a restart, or that believes a range with a hole in it; samples
// of an earlier life that are taken for this one's.
#include <doctest/doctest.h>

#include <map>

#include "support/engine_bench.hpp"
#include "tocsin/series/history.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

/// A bench whose samples outlive it.
class MemoryBench : public Bench {
 public:
  using Bench::Bench;

  void save() {
    const auto segment = engine().take_history();
    for (const auto& each : segment.fresh) entries_[each.number] = each;
    for (const auto& each : segment.chunks) sequences_[each.number].add(each.chunk);
  }
  /// `shift` is what one boot's clock is behind the other's.
  void restart_and_remember(Duration away, Duration shift = Duration::zero(),
                            std::optional<std::string> boot = std::nullopt) {
    Bench::restart(away, std::move(boot));
    series::Memory memory;
    for (auto& [number, entry] : entries_) {
      auto chunks = sequences_[number].chunks();
      for (auto& chunk : chunks) {
        chunk.first += shift.count();
        chunk.last += shift.count();
      }
      memory.series.push_back({entry, std::move(chunks)});
      memory.next_number = number + 1;
    }
    static_cast<void>(engine().remembered(std::move(memory), now()));
  }
  [[nodiscard]] AlertReason reason() { return engine().status(now()).rules.at(0).reason; }

 private:
  std::map<std::uint32_t, series::SeriesEntry> entries_;
  std::map<std::uint32_t, series::ChunkSequence> sequences_;
};

config::EngineConfig rate_config() {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("Fast", "rate(x[5m])", 0.5));
  return config;
}

}  // namespace

TEST_CASE("engine: a rule with a range is not blind after a restart") {
  MemoryBench bench(rate_config());
  for (int minute = 0; minute < 10; ++minute) {
    bench.bodies["app"] = "x " + std::to_string(60 * minute) + "\n";
    bench.run(1min);
  }
  REQUIRE(bench.engine().alerts().size() == 1);
  bench.save();
  bench.restart_and_remember(10s);
  bench.bodies["app"] = "x 600\n";
  bench.run(1min);
  // Judged at the first tick: neither warming up nor without a value.
  CHECK(bench.reason() == AlertReason::none);
  REQUIRE(bench.engine().status(bench.now()).rules.at(0).value);
  CHECK(*bench.engine().status(bench.now()).rules.at(0).value == doctest::Approx(1));
  CHECK(bench.engine().alerts().front()->state == AlertState::firing);
}

TEST_CASE("engine: without what was before, a rule waits for its range after a restart") {
  MemoryBench bench(rate_config());
  bench.run(10min);
  bench.restart_and_remember(10s);
  bench.run(2min);
  CHECK(bench.reason() == AlertReason::warming_up);
}

TEST_CASE("engine: a crash that costs the last minutes costs no sight; a long absence does") {
  for (const auto& [away, waits] : {std::pair<Duration, bool>{2min, false}, {20min, true}}) {
    CAPTURE(away.count());
    MemoryBench bench(rate_config());
    bench.run(10min);
    bench.save();
    bench.restart_and_remember(away);
    bench.run(2min);
    CHECK((bench.reason() == AlertReason::warming_up) == waits);
  }
}

TEST_CASE("engine: samples of another boot are there at their time on this one's clock") {
  MemoryBench bench(rate_config());
  bench.run(10min);
  bench.save();
  const BootTime before = bench.now().boot;
  bench.restart(30s, "another");
  const Duration shift = bench.now().boot - before - 30s;
  MemoryBench again(rate_config());
  again.run(10min);
  again.save();
  again.restart_and_remember(30s, shift, "another");
  const auto count =
      again.engine().query(parse("count_over_time(x[10m])"), again.now().boot, again.now());
  REQUIRE(count);
  CHECK(std::get<expr::Vector>(count->value).at(0).value == 10);
}

TEST_CASE("engine: samples from the future are left out, and forbid no scrape") {
  MemoryBench bench(rate_config());
  bench.run(10min);
  bench.save();
  bench.restart_and_remember(10s, 30min);
  bench.run(2min);
  CHECK(bench.engine().status(bench.now()).targets.at(0).samples == 1);
  CHECK(bench.reason() == AlertReason::warming_up);
}

TEST_CASE("engine: a record's series are remembered with it, and forgotten without it") {
  auto config = usual_config();
  config.records = {{"x:twice", parse("x * 2"), {}, std::nullopt}};
  MemoryBench bench(config);
  bench.bodies["app"] = "x 4\n";
  bench.run(10min);
  bench.save();
  bench.restart_and_remember(10s);
  const auto ask = [&](std::string_view text) {
    const auto result = bench.engine().query(parse(text), bench.now().boot, bench.now());
    REQUIRE(result);
    const auto& vector = std::get<expr::Vector>(result->value);
    return vector.empty() ? -1 : vector.front().value;
  };
  CHECK(ask("count_over_time(x:twice[1h])") == 11);
  bench.bodies["app"] = "y 4\n";
  bench.run(1min);
  CHECK(ask("x:twice") == -1);
  bench.save();
  config.records.clear();
  bench.reload(config);
  bench.restart_and_remember(10s);
  CHECK(ask("count_over_time(x:twice[1h])") == -1);
}
