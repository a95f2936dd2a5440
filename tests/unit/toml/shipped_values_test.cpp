// Risk: a shipped rule parses but measures nothing, or something else than it says.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <variant>

#include "tocsin/expr/evaluate.hpp"
#include "tocsin/series/store.hpp"
#include "toml/load.hpp"

using namespace tocsin;

namespace {

const config::Config& shipped_config() {
  static const config::Config kConfig = [] {
    config::File file;
    file.name = "tocsin.toml";
    file.text =
        "console_only = true\n[packs]\nenable = [\"infrastructure\", \"application\", "
        "\"services\", \"tocsin\"]\n"
        "[source.prometheus.api]\nurl = \"http://127.0.0.1:8000/metrics\"\n";
    std::vector<config::File> files{file};
    config::Loaded loaded =
        toml::load_texts(files, {"host-1", std::string(TOCSIN_SOURCE_DIR) + "/rules"});
    REQUIRE_MESSAGE(loaded.config, config::render(loaded.diagnostics));
    return std::move(*loaded.config);
  }();
  return kConfig;
}

/// A world of ticks a minute apart in which a rule can be asked for its values.
class World {
 public:
  World() {
    series::TargetSeries how;
    how.labels = Labels{{"job", "host"}, {"instance", "host-1"}};
    store_.set_target(TargetId(1), how);
  }

  World& tick(const std::string& body) {
    at_ += minutes(1);
    const series::Ingested taken = store_.ingest(TargetId(1), at_, body, ExpositionFormat::text);
    REQUIRE_MESSAGE(!taken.error, (taken.error ? taken.error->text : ""));
    return *this;
  }

  World& up(double value) {
    store_.append_own(TargetId(1), at_, "up", value);
    return *this;
  }

  /// The rule's only value, none where its expression gives nothing.
  [[nodiscard]] std::optional<double> value(std::string_view name) {
    const auto all = values(name);
    REQUIRE(all.size() <= 1);
    return all.empty() ? std::nullopt : std::optional(all[0].value);
  }

  [[nodiscard]] expr::Vector values(std::string_view name) {
    const rule::Rule* rule = shipped_config().engine.rule(name);
    REQUIRE(rule != nullptr);
    expr::Moment moment;
    moment.at = at_;
    const auto result = expr::evaluate(rule->expression, store_, feeds_, moment);
    REQUIRE_MESSAGE(result, (result ? "" : result.error().text));
    REQUIRE(std::holds_alternative<expr::Vector>(result->value));
    return std::get<expr::Vector>(result->value);
  }

 private:
  series::Store store_;
  series::FeedSets feeds_;
  BootTime at_{};
};

std::string cpu(int idle, int user) {
  std::string body;
  for (const char* core : {"0", "1"}) {
    const std::string start = std::string("node_cpu_seconds_total{cpu=\"") + core + "\",mode=\"";
    body += start + "idle\"} " + std::to_string(idle) + "\n" + start + "iowait\"} 5\n" + start +
            "user\"} " + std::to_string(user) + "\n";
  }
  return body;
}

std::string files(double size, double free, double available, int read_only,
                  const std::string& kind = "ext4") {
  const std::string labels = "{device=\"/dev/sda1\",fstype=\"" + kind + "\",mountpoint=\"/\"} ";
  return "node_filesystem_size_bytes" + labels + std::to_string(size) + "\n" +
         "node_filesystem_free_bytes" + labels + std::to_string(free) + "\n" +
         "node_filesystem_avail_bytes" + labels + std::to_string(available) + "\n" +
         "node_filesystem_files" + labels + std::to_string(size) + "\n" +
         "node_filesystem_files_free" + labels + std::to_string(free) + "\n" +
         "node_filesystem_readonly" + labels + std::to_string(read_only) + "\n";
}

}  // namespace

TEST_CASE("CpuHigh: the share of the last minute that no core was idle, at the second tick") {
  World world;
  CHECK(!world.tick(cpu(100, 10)).value("CpuHigh"));
  CHECK(*world.tick(cpu(130, 40)).value("CpuHigh") == doctest::Approx(0.5));
  // A loop on every core: the very next tick sees a whole minute of it.
  CHECK(*world.tick(cpu(130, 100)).value("CpuHigh") == doctest::Approx(1.0));
}

TEST_CASE("MemoryHigh: what is neither free nor could be") {
  World world;
  world.tick("node_memory_MemTotal_bytes 1000\nnode_memory_MemAvailable_bytes 100\n");
  CHECK(*world.value("MemoryHigh") == doctest::Approx(0.9));
}

TEST_CASE("DiskSpaceLow counts as df does: the reserve of root is neither used nor free") {
  World world;
  CHECK(*world.tick(files(1000, 100, 50, 0)).value("DiskSpaceLow") ==
        doctest::Approx(900.0 / 950.0));
  CHECK(*world.value("InodesLow") == doctest::Approx(0.9));
}

TEST_CASE("read-only file systems and those in memory raise nothing") {
  World world;
  world.tick(files(1000, 0, 0, 1));
  CHECK(!world.value("DiskSpaceLow"));
  CHECK(!world.value("InodesLow"));
  World memory;
  memory.tick(files(1000, 0, 0, 0, "tmpfs"));
  CHECK(!memory.value("DiskSpaceLow"));
  CHECK(!memory.value("InodesLow"));
}

TEST_CASE("DiskBusy: the share of five minutes that the device was at work") {
  World world;
  for (int minute = 0; minute < 6; ++minute) {
    world.tick("node_disk_io_time_seconds_total{device=\"sda\"} " + std::to_string(minute * 54) +
               "\n");
  }
  CHECK(*world.value("DiskBusy") == doctest::Approx(0.9));
}

TEST_CASE("HostUnknown looks at the host, TargetDown at all others") {
  World world;
  world.tick("x 1\n").up(0);
  CHECK(*world.value("HostUnknown") == 0);
  CHECK(!world.value("TargetDown"));
}

TEST_CASE("ErrorRateHigh: the share of requests that fail") {
  World world;
  const auto requests = [](int good, int bad) {
    return "http_requests_total{code=\"200\"} " + std::to_string(good) +
           "\nhttp_requests_total{code=\"404\"} 0\nhttp_requests_total{code=\"500\"} " +
           std::to_string(bad) + "\nhttp_requests_total{code=\"503\"} 0\n";
  };
  world.tick(requests(0, 0)).tick(requests(990, 10));
  CHECK(*world.value("ErrorRateHigh") == doctest::Approx(0.01));
}

TEST_CASE("ResponseTimeHigh: the 95th percentile") {
  World world;
  const auto histogram = [](int fast, int all) {
    const std::string name = "http_request_duration_seconds_bucket{le=\"";
    return name + "1\"} " + std::to_string(fast) + "\n" + name + "4\"} " + std::to_string(all) +
           "\n" + name + "+Inf\"} " + std::to_string(all) + "\n";
  };
  world.tick(histogram(0, 0)).tick(histogram(90, 100));
  CHECK(*world.value("ResponseTimeHigh") == doctest::Approx(2.5));
}

TEST_CASE("LoginsFail: the share of logins that succeed") {
  World world;
  const auto logins = [](int good, int bad) {
    return "logins_total{result=\"success\"} " + std::to_string(good) +
           "\nlogins_total{result=\"failure\"} " + std::to_string(bad) + "\n";
  };
  world.tick(logins(0, 0)).tick(logins(48, 2)).tick(logins(95, 5));
  CHECK(*world.value("LoginsFail") == doctest::Approx(0.95));
}

TEST_CASE("tocsin's own rules read tocsin's own metrics") {
  World world;
  world.tick(
      "tocsin_samples_refused_total 0\ntocsin_refused_at_limit_total 0\n"
      "tocsin_evaluation_failures_total 0\n");
  world.tick(
      "tocsin_receiver_refuses{receiver=\"chat\"} 1\n"
      "tocsin_receiver_consecutive_failures{receiver=\"chat\"} 7\n"
      "tocsin_storage_degraded 1\ntocsin_loop_late_worst_seconds 0.7\n"
      "tocsin_samples_refused_total 60\ntocsin_refused_at_limit_total 60\n"
      "tocsin_evaluation_failures_total 60\n"
      "tocsin_series 90\ntocsin_series_limit 100\n"
      "tocsin_outbox_length 60\ntocsin_outbox_limit 100\n"
      "tocsin_config_last_reload_successful 0\n");
  CHECK(*world.value("ReceiverRefuses") == 1);
  CHECK(world.values("ReceiverRefuses")[0].labels.get("receiver") == "chat");
  CHECK(*world.value("ReceiverFails") == 7);
  CHECK(*world.value("StorageDegraded") == 1);
  CHECK(*world.value("LoopLag") == doctest::Approx(0.7));
  CHECK(*world.value("SamplesRefused") > 0);
  CHECK(*world.value("RefusedAtLimit") > 0);
  CHECK(*world.value("RuleFails") > 0);
  CHECK(*world.value("SeriesNearLimit") == doctest::Approx(0.9));
  CHECK(*world.value("OutboxNearLimit") == doctest::Approx(0.6));
  CHECK(*world.value("ConfigurationRefused") == 0);
}
