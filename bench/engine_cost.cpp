// What the engine costs, in CPU time of this process alone: a scrape and a rule as their numbers
// grow, each shape of rule, and what a record saves where many rules need the same.
//
//   build/release/bench/engine_cost [--small]

#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "tocsin/engine/engine.hpp"
#include "tocsin/series/history.hpp"

using namespace tocsin;

namespace {

constexpr int kTicks = 10;  ///< fill a range of 5 minutes at a minute, and as many again
constexpr int kRounds =
    16;  ///< that are measured; a multiple of Series::kRecent, in which each sample is packed once

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Instances with 250 series each: gauges, counters and a histogram for each of 10 routes.
std::string body(std::size_t series, int tick) {
  std::string text;
  text.reserve(series * 90);
  std::size_t made = 0;
  const auto line = [&](const std::string& name, const std::string& labels, double value) {
    if (made == series) return;
    text += fmt::format("{}{{{}}} {}\n", name, labels, value);
    ++made;
  };
  for (std::size_t i = 0; made < series; ++i) {
    const std::string instance =
        fmt::format("job=\"app\",instance=\"10.0.{}.{}:9100\"", i / 250, i % 250);
    const double base = static_cast<double>(i) + tick;
    line("queue_depth", instance, std::sin(base) * 50 + 50);
    for (int code = 0; code < 9; ++code) {
      line("requests_total", fmt::format("{},code=\"{}\"", instance, 200 + code),
           base * 60 * (code + 1));
    }
    for (int route = 0; route < 10; ++route) {
      for (int le = 0; le < 12; ++le) {
        line("latency_seconds_bucket",
             fmt::format("{},route=\"/r{}\",le=\"{}\"", instance, route, 1 << le),
             base * 10 * (le + 1));
      }
    }
    for (int gauge = 0; gauge < 120; ++gauge) {
      line("pool_bytes", fmt::format("{},pool=\"p{}\"", instance, gauge), 4096.0 * gauge);
    }
  }
  return text;
}

std::string instance_of(std::size_t number) {
  return fmt::format("instance=\"10.0.{}.{}:9100\"", number / 250, number % 250);
}

expr::Expression parsed(const std::string& text) {
  auto expression = expr::Expression::parse(text);
  if (!expression) throw std::runtime_error(text + ": " + expression.error().message);
  return std::move(*expression);
}

rule::Rule rule_of(std::size_t number, const std::string& expression) {
  rule::Rule rule;
  rule.name = fmt::format("Rule{:05}", number);
  rule.expression = parsed(expression);
  rule.threshold = rule::Threshold{rule::Direction::above, 1e12, std::nullopt, 1e12, Unit::none};
  return rule;
}

struct Bench {
  config::EngineConfig config;
  std::size_t series = 50'000;

  struct Cost {
    double first_scrape = 0;
    double tick = 0;  ///< the mean of those that are measured
    double bytes_per_series = 0;
    std::uint64_t evaluations = 0;  ///< in each
  };

  Cost run() {
    config.host = "bench";
    config::Target target;
    target.name = "app";
    target.honor_labels = true;
    config.targets = {target};
    config.policies.emplace_back();
    config.policies.back().name = "default";
    config.limits.store.series = 2'000'000;
    config.limits.store.series_per_scrape = 2'000'000;
    Now now{BootTime(std::chrono::hours(1)), WallTime(std::chrono::hours(480'000))};
    engine::Engine engine(config, "boot", 1, now);
    const std::string bodies[] = {body(series, 1), body(series, 2)};
    const BootTime begin = config::tick_at_or_before(
        now.boot, target.every, config::host_offset(config.host, target.every));
    Cost cost;
    for (int tick = 0; tick < kTicks + kRounds; ++tick) {
      Scrape scrape;
      scrape.target = engine.target("app");
      scrape.tick = begin + target.every * tick;
      scrape.body = bodies[tick % 2];
      now.wall += scrape.tick - now.boot;
      now.boot = scrape.tick;
      const std::uint64_t evaluations = engine.counters().evaluations;
      const double before = cpu_seconds();
      static_cast<void>(engine.scraped(scrape, now));
      const double took = cpu_seconds() - before;
      if (tick == 0) cost.first_scrape = took;
      if (tick >= kTicks) cost.tick += took / kRounds;
      cost.evaluations = engine.counters().evaluations - evaluations;
    }
    cost.bytes_per_series =
        static_cast<double>(engine.store().memory_bytes()) / static_cast<double>(series);
    return cost;
  }
};

void growth_of_series(bool small) {
  fmt::print("\na scrape, as series grow (no rules)\n{:>10} {:>14} {:>14} {:>14} {:>14}\n",
             "series", "first, ms", "steady, ms", "ns/sample", "bytes/series");
  for (const std::size_t series : {1'000UL, 10'000UL, 100'000UL, 1'000'000UL}) {
    if (small && series > 100'000) break;
    Bench bench;
    bench.series = series;
    const auto cost = bench.run();
    fmt::print("{:>10} {:>14.2f} {:>14.3f} {:>14.0f} {:>14.0f}\n", series, cost.first_scrape * 1e3,
               cost.tick * 1e3, cost.tick * 1e9 / static_cast<double>(series),
               cost.bytes_per_series);
  }
}

double scrape_alone() {
  Bench bench;
  return bench.run().tick;
}

void growth_of_rules(bool small, double alone) {
  fmt::print(
      "\na round of threshold rules over 50,000 series, as rules grow\n{:>10} {:>14} {:>14}\n",
      "rules", "ms", "us/rule");
  for (const std::size_t rules : {10UL, 100UL, 1'000UL, 10'000UL}) {
    if (small && rules > 1'000) break;
    Bench bench;
    for (std::size_t i = 0; i < rules; ++i) {
      bench.config.rules.push_back(rule_of(i, "queue_depth{" + instance_of(i % 200) + "}"));
    }
    const double took = bench.run().tick - alone;
    fmt::print("{:>10} {:>14.3f} {:>14.2f}\n", rules, took * 1e3,
               took * 1e6 / static_cast<double>(rules));
  }
}

void shapes(double alone) {
  fmt::print("\na round of 1,000 rules over 50,000 series, by shape\n{:>10} {:>14} {:>14}\n",
             "shape", "ms", "us/rule");
  const std::pair<const char*, const char*> kShapes[] = {
      {"threshold", "queue_depth{%}"},
      {"rate", "rate(requests_total{%,code=\"200\"}[5m])"},
      {"histogram", "histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket{%}[5m])))"}};
  for (const auto& [name, pattern] : kShapes) {
    Bench bench;
    for (std::size_t i = 0; i < 1'000; ++i) {
      std::string text = pattern;
      text.replace(text.find('%'), 1, instance_of(i % 200));
      bench.config.rules.push_back(rule_of(i, text));
    }
    const double took = bench.run().tick - alone;
    fmt::print("{:>10} {:>14.3f} {:>14.2f}\n", name, took * 1e3, took * 1e6 / 1'000);
  }
}

void records(double alone) {
  const std::string costly = "sum by (instance) (rate(latency_seconds_bucket{le=\"1\"}[5m]))";
  fmt::print(
      "\nrules that share one costly expression ({} of 200 instances over 2,000 series), each with "
      "it or "
      "reading its record\n{:>10} {:>14} {:>14} {:>10}\n",
      "a sum of rates", "rules", "inline, ms", "record, ms", "saved");
  for (const std::size_t rules : {1UL, 2UL, 5UL, 20UL, 100UL}) {
    double took[2] = {};
    for (const bool recorded : {false, true}) {
      Bench bench;
      if (recorded)
        bench.config.records.push_back({"instance:rate", parsed(costly), {}, std::nullopt});
      for (std::size_t i = 0; i < rules; ++i) {
        bench.config.rules.push_back(
            rule_of(i, fmt::format("max({}) * {}", recorded ? "instance:rate" : costly, i + 1)));
      }
      took[recorded ? 1 : 0] = bench.run().tick - alone;
    }
    fmt::print("{:>10} {:>14.3f} {:>14.3f} {:>9.0f}%\n", rules, took[0] * 1e3, took[1] * 1e3,
               (1 - took[1] / took[0]) * 100);
  }
}

/// What a start does for each sample that the history has, SQLite's reading apart.
void remembering(bool small) {
  constexpr int kWeek = 7 * 24 * 60;
  const std::uint32_t series = small ? 200 : 2'000;
  std::vector<series::Chunk> chunks;
  for (std::uint32_t number = 0; number < series; ++number) {
    for (int begin = 0; begin < kWeek; begin += series::kChunkSamples) {
      series::ChunkAppender appender;
      chunks.emplace_back();
      for (int minute = begin; minute < begin + static_cast<int>(series::kChunkSamples); ++minute) {
        appender.append(chunks.back(),
                        {minute * 60'000, std::floor(std::sin(minute + number) * 1e4)});
      }
    }
  }
  std::size_t bytes = 0;
  for (const series::Chunk& chunk : chunks) bytes += chunk.bytes.size();
  const double before = cpu_seconds();
  std::size_t sound = 0;
  for (const series::Chunk& chunk : chunks) sound += series::is_sound(chunk) ? 1 : 0;
  const double took = cpu_seconds() - before;
  const double samples = static_cast<double>(series) * kWeek;
  fmt::print(
      "\na week at a minute of {} series: {:.1f} MB, {:.2f} bytes a sample; checked at a start in "
      "{:.2f} s ({} chunks)\n",
      series, static_cast<double>(bytes) / 1e6, static_cast<double>(bytes) / samples, took, sound);
}

}  // namespace

int main(int count, char** words) {
  const bool small = count > 1 && std::strcmp(words[1], "--small") == 0;
  growth_of_series(small);
  const double alone = scrape_alone();
  growth_of_rules(small, alone);
  shapes(alone);
  records(alone);
  remembering(small);
  return 0;
}
