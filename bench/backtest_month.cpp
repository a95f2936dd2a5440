// What a backtest costs, in CPU time of this process alone: a month of a host's minutes (8 cores, 6
// file systems, 4 disks), the shipped infrastructure rules that such a host feeds.
//
//   build/release/bench/backtest_month [days]

#include <fmt/format.h>
#include <time.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "tocsin/backtest/replay.hpp"
#include "tocsin/backtest/report.hpp"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Month {
 public:
  explicit Month(int days) : minutes_(days * 1440) {
    backtest::RecordedTarget host;
    host.spec.name = "host";
    host.spec.every = 1min;
    host.spec.honor_labels = true;
    host.spec.labels = Labels{{"job", "host"}, {"instance", "web1"}};
    backtest::ChunkWriter up;
    for (int minute = 0; minute < minutes_; ++minute) up.add({at(minute), 1});
    host.up = up.take();
    made_.targets.push_back(std::move(host));
    made_.calendar.push_back({0, 0});
    for (int core = 0; core < 8; ++core) {
      const std::string cpu = std::to_string(core);
      counter("node_cpu_seconds_total", {{"cpu", cpu}, {"mode", "idle"}}, 45, 8);
      counter("node_cpu_seconds_total", {{"cpu", cpu}, {"mode", "iowait"}}, 0, 2);
    }
    gauge("node_memory_MemAvailable_bytes", {}, 2e9, 6e9);
    gauge("node_memory_MemTotal_bytes", {}, 17179869184, 0);
    for (const char* mount : {"/", "/var", "/home", "/boot", "/srv", "/opt"}) {
      const std::vector<Label> labels = {{"fstype", "ext4"}, {"mountpoint", mount}};
      gauge("node_filesystem_size_bytes", labels, 107374182400, 0);
      gauge("node_filesystem_free_bytes", labels, 1e10, 5e10);
      gauge("node_filesystem_avail_bytes", labels, 9e9, 5e10);
      gauge("node_filesystem_files", labels, 6553600, 0);
      gauge("node_filesystem_files_free", labels, 6e6, 1000);
      gauge("node_filesystem_readonly", labels, 0, 0);
    }
    for (const char* disk : {"sda", "sdb", "nvme0n1", "nvme1n1"}) {
      counter("node_disk_io_time_seconds_total", {{"device", disk}}, 2, 50);
    }
  }

  [[nodiscard]] backtest::Recording take() {
    backtest::put_on_grid(made_, "web1");
    return std::move(made_);
  }

 private:
  static series::Millis at(int minute) { return 1'761'955'200'000 + minute * 60'000LL; }

  template <class Value>
  void add(std::string_view name, std::vector<Label> labels, const Value& value) {
    Labels all(std::move(labels));
    all.set("__name__", name);
    all.set("job", "host");
    all.set("instance", "web1");
    backtest::ChunkWriter writer;
    for (int minute = 0; minute < minutes_; ++minute) writer.add({at(minute), value()});
    made_.series.push_back({0, std::move(all), writer.take()});
  }
  void gauge(std::string_view name, std::vector<Label> labels, double least, double more) {
    std::uniform_real_distribution<double> spread(0, more);
    add(name, std::move(labels), [&] { return more == 0 ? least : least + spread(random_); });
  }
  void counter(std::string_view name, std::vector<Label> labels, double least, double more) {
    std::uniform_real_distribution<double> spread(least, least + more);
    double total = 0;
    add(name, std::move(labels), [&] { return total += spread(random_); });
  }

  int minutes_;
  std::mt19937 random_{1};
  backtest::Recording made_;
};

rule::Rule rule_of(std::string name, std::string_view expression, double above, Duration every) {
  rule::Rule rule;
  rule.name = std::move(name);
  auto parsed = expr::Expression::parse(expression);
  if (!parsed) {
    fmt::print(stderr, "{}: {}\n", expression, parsed.error().message);
    std::exit(1);
  }
  rule.expression = *parsed;
  rule.threshold = rule::Threshold{rule::Direction::above, above, std::nullopt, above, Unit::ratio};
  if (every > 1min) rule.every = every;
  return rule;
}

config::EngineConfig shipped_rules() {
  config::EngineConfig config;
  config.host = "web1";
  incident::Policy policy;
  policy.name = "default";
  policy.entries = {{1, 0s, {}, {"chat"}}, {2, 5min, {}, {"pager"}}};
  config.policies.push_back(policy);
  config.receivers.resize(2);
  config.receivers[0].name = "chat";
  config.receivers[1].name = "pager";
  config.receivers[1].wakes = true;
  config.receivers[1].by_key = true;
  config.rules = {
      rule_of("CpuHigh",
              "1 - avg by (job, instance) (sum by (job, instance, cpu) "
              "(rate(node_cpu_seconds_total{mode=~\"idle|iowait\"}[2m])))",
              0.18, 1min),
      rule_of("MemoryHigh", "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
              0.879, 1min),
      rule_of("DiskSpaceLow",
              "(node_filesystem_size_bytes{fstype!~\"tmpfs|ramfs\"} - node_filesystem_free_bytes) "
              "/ (node_filesystem_size_bytes - node_filesystem_free_bytes + "
              "node_filesystem_avail_bytes) and node_filesystem_readonly == 0",
              0.9, 5min),
      rule_of("InodesLow",
              "1 - node_filesystem_files_free{fstype!~\"tmpfs|ramfs\"} / (node_filesystem_files > "
              "0) and node_filesystem_readonly == 0",
              0.9, 5min),
      rule_of("DiskBusy", "rate(node_disk_io_time_seconds_total[5m])", 0.7, 5min),
      rule_of("NetworkLatencyHigh", "ping_rtt_seconds{quantile=\"0.5\"}", 0.1, 5min),
      rule_of("PacketLossHigh", "ping_loss_ratio and ping_up == 1", 0.2, 1min),
      rule_of("HostUnreachable", "1 - ping_up", 0.5, 1min),
      rule_of("HostUnknown", "1 - up{job=\"host\"}", 0.5, 1min)};
  return config;
}

}  // namespace

int main(int argc, char** argv) {
  const int days = argc > 1 ? std::atoi(argv[1]) : 30;
  backtest::Recording recording = Month(days).take();
  const auto config = shipped_rules();
  const double began = cpu_seconds();
  const auto outcome = backtest::replay(config, recording, {});
  const double took = cpu_seconds() - began;
  std::size_t pages = 0;
  for (const auto& rule : backtest::report(outcome, TimeZone())) pages += rule.pages;
  fmt::print(
      "{} days, {} series, {} scrapes, {} samples, {} rules: {:.2f} s, {:.2f} µs a sample, "
      "{} pages\n",
      days, recording.series.size(), outcome.scrapes, outcome.samples, config.rules.size(), took,
      took * 1e6 / static_cast<double>(outcome.samples), pages);
}
