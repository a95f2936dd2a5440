// Risk: one collector's trouble, a dead mount or an impatient asker costs the host its figures.
#include "sources/host_collector.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <future>
#include <optional>

#include "loop/worker_pool.hpp"
#include "sources/host.hpp"
#include "support/http_peer.hpp"
#include "support/sample_table.hpp"
#include "support/temporary_folder.hpp"
#include "tocsin/config/config.hpp"

namespace fs = std::filesystem;
using namespace tocsin;
using namespace tocsin::sources;
using testing::TemporaryFolder;

namespace {

using Breadth = HostCollector::Breadth;

/// A machine of a few files in a folder of its own.
class SmallMachine {
 public:
  [[nodiscard]] std::string operator/(const std::string& file) const { return root_ / file; }
  SmallMachine() {
    put("proc/loadavg", "0.5 0.25 0.125 1/719 19737\n");
    put("proc/stat", "cpu0 100 0 0 400\nbtime 1000\n");
    put("proc/meminfo", "MemTotal: 4 kB\n");
    put("proc/1/mountinfo",
        "1 1 8:1 / / rw - ext4 /dev/a rw\n2 1 0:9 / /nfs rw - nfs4 server:/export rw\n");
  }

  void put(const std::string& file, const std::string& content) const { root_.put(file, content); }
  [[nodiscard]] host::Options options() const {
    host::Options options = *host::Options::from(config::HostSource());
    options.procfs = root_ / "proc";
    options.sysfs = root_ / "sys";
    options.udev_data = root_ / "udev";
    return options;
  }

 private:
  TemporaryFolder root_;
};

Result<host::FilesystemSize> size_of_all(const std::string& /*path*/) {
  return host::FilesystemSize{1, 100, 50, 40, 10, 9};
}

struct CollectorWorld {
  SmallMachine machine;
  boost::asio::io_context io;
  loop::WorkerPool pool{io.get_executor(), {}};

  testing::SampleTable collected(HostCollector& collector, Duration max_age = Duration::zero(),
                                 Breadth breadth = Breadth::everything) {
    std::optional<std::string> got;
    collector.collect(max_age, breadth, [&](std::string text) { got = std::move(text); });
    const bool told = testing::run_until(io, [&] { return got.has_value(); });
    REQUIRE(told);
    const testing::SampleTable table = testing::read_samples(*got);
    CHECK(table.unreadable.empty());
    CHECK(table.twice.empty());
    return table;
  }
};

std::string success(std::string_view collector) {
  return "node_scrape_collector_success{collector=\"" + std::string(collector) + "\",}";
}

}  // namespace

TEST_CASE("host: collectors that have nothing, or cannot read it, leave the others alone") {
  CollectorWorld world;
  world.machine.put("proc/meminfo", "MemTotal: lots kB\n");
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all);
  const auto samples = world.collected(collector).samples;
  CHECK(samples.at("node_load1{}") == "0.5");
  CHECK(samples.at("node_boot_time_seconds{}") == "1000");
  CHECK(samples.at(success("loadavg")) == "1");
  CHECK(samples.at(success("meminfo")) == "0");
  CHECK(samples.at(success("diskstats")) == "0");
  CHECK(samples.at(success("filesystem")) == "1");
  CHECK(samples.count("node_memory_MemTotal_bytes{}") == 0);
  CHECK(samples.count("node_scrape_collector_duration_seconds{collector=\"loadavg\",}") == 1);
}

TEST_CASE("host: each collection reads afresh, one that is young enough is given again") {
  CollectorWorld world;
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all);
  CHECK(world.collected(collector).samples.at("node_load1{}") == "0.5");
  world.machine.put("proc/loadavg", "7 0 0 1/719 19737\n");
  CHECK(world.collected(collector, hours(1)).samples.at("node_load1{}") == "0.5");
  CHECK(world.collected(collector).samples.at("node_load1{}") == "7");
}

TEST_CASE(
    "host: processes are counted for a rule that reads them and for who asks for everything") {
  CollectorWorld world;
  world.machine.put("proc/7/stat", "7 (sh) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 1 0 0\n");
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all);
  const auto counts = [&](Breadth breadth, Duration max_age = Duration::zero()) {
    return world.collected(collector, max_age, breadth).samples.contains("node_processes_pids{}");
  };
  CHECK(!counts(Breadth::needed));
  CHECK(counts(Breadth::everything, hours(1)));  // what was left out just now is no answer
  CHECK(counts(Breadth::needed, hours(1)));
  collector.rules_read({"node_load1"});
  CHECK(!counts(Breadth::needed));
  collector.rules_read({"node_load1", "node_processes_threads"});
  CHECK(counts(Breadth::needed));
  collector.rules_read({""});
  CHECK(counts(Breadth::needed));
}

TEST_CASE(
    "host: what workers read is read anew for a rule, for who asks for all, or after a while") {
  CollectorWorld world;
  const auto put = [&](const std::string& bits) {
    world.machine.put("proc/sys/kernel/random/entropy_avail", bits + "\n");
  };
  const auto bits = [&](HostCollector& of, Breadth breadth = Breadth::needed) {
    return world.collected(of, Duration::zero(), breadth)
        .samples.at("node_entropy_available_bits{}");
  };
  world.machine.put("proc/sys/kernel/random/poolsize", "256\n");
  put("1");
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all, hours(1));
  CHECK(bits(collector) == "1");
  put("2");
  CHECK(bits(collector) == "1");
  CHECK(bits(collector, Breadth::everything) == "2");
  put("3");
  CHECK(bits(collector) == "2");
  collector.rules_read({"node_entropy_available_bits"});
  CHECK(bits(collector) == "3");
  put("4");
  collector.rules_read({""});
  CHECK(bits(collector) == "4");
  HostCollector impatient(world.machine.options(), world.pool, seconds(10), size_of_all,
                          Duration::zero());
  CHECK(bits(impatient) == "4");
  put("5");
  CHECK(bits(impatient) == "5");
}

TEST_CASE(
    "host: a network device replaced by another of its name is told with the other's values") {
  CollectorWorld world;
  world.machine.put("sys/class/net/eth0/ifindex", "2\n");
  world.machine.put("sys/class/net/eth0/mtu", "1500\n");
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all);
  collector.rules_read({"node_network_mtu_bytes"});
  const auto told = [&](std::string_view metric, std::string_view device) {
    const auto samples = world.collected(collector, Duration::zero(), Breadth::needed).samples;
    const auto found =
        samples.find(std::string(metric) + "{device=\"" + std::string(device) + "\",}");
    return found == samples.end() ? std::string() : found->second;
  };
  CHECK(told("node_network_mtu_bytes", "eth0") == "1500");
  fs::rename(world.machine / "sys/class/net/eth0", world.machine / "sys/class/net/wan");
  CHECK(told("node_network_mtu_bytes", "eth0").empty());
  world.machine.put("sys/class/net/eth0/ifindex", "3\n");
  world.machine.put("sys/class/net/eth0/mtu", "9000\n");
  CHECK(told("node_network_mtu_bytes", "eth0") == "9000");
  CHECK(told("node_network_iface_id", "eth0") == "3");
  CHECK(told("node_network_iface_id", "wan") == "2");
}

TEST_CASE("host: a rule on traffic does not have the devices' attributes read") {
  CollectorWorld world;
  world.machine.put("sys/class/net/eth0/ifindex", "2\n");
  world.machine.put("sys/class/net/eth0/mtu", "1500\n");
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all, hours(1));
  const auto mtu = [&] {
    return world.collected(collector, Duration::zero(), Breadth::needed)
        .samples.at("node_network_mtu_bytes{device=\"eth0\",}");
  };
  collector.rules_read({"node_network_receive_errs_total", "node_network_transmit_bytes_total"});
  CHECK(mtu() == "1500");
  world.machine.put("sys/class/net/eth0/mtu", "9000\n");
  CHECK(mtu() == "1500");
  collector.rules_read({"node_network_up"});
  CHECK(mtu() == "9000");
}

TEST_CASE("host: mounts that come and go between collections are told and no longer told") {
  CollectorWorld world;
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all);
  const auto points = [&] {
    std::string out;
    for (const auto& [series, value] : world.collected(collector).samples) {
      if (series.starts_with("node_filesystem_mount_info{")) {
        out += series.substr(series.find("mountpoint="));
      }
    }
    return out;
  };
  const std::string both = points();
  world.machine.put("proc/1/mountinfo", "1 1 8:1 / / rw - ext4 /dev/a rw\n");
  CHECK(points() == "mountpoint=\"/\",}");
  world.machine.put("proc/1/mountinfo",
                    "1 1 8:1 / / rw - ext4 /dev/a rw\n"
                    "2 1 0:9 / /nfs rw - nfs4 server:/export rw\n");
  CHECK(points() == both);
}

TEST_CASE("host: a collection that is widened under way does not tell the old beside the new") {
  CollectorWorld world;
  world.machine.put("proc/sys/kernel/random/poolsize", "256\n");
  world.machine.put("proc/sys/kernel/random/entropy_avail", "1\n");
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all, hours(1));
  world.collected(collector, Duration::zero(), Breadth::needed);
  world.machine.put("proc/sys/kernel/random/entropy_avail", "2\n");
  std::vector<std::string> told;
  for (const Breadth breadth : {Breadth::needed, Breadth::everything}) {
    collector.collect(Duration::zero(), breadth,
                      [&](std::string text) { told.push_back(std::move(text)); });
  }
  CHECK(testing::run_until(world.io, [&] { return told.size() == 2; }));
  const testing::SampleTable table = testing::read_samples(told[1]);
  CHECK(table.samples.at("node_entropy_available_bits{}") == "2");
  CHECK(table.twice.empty());
}

TEST_CASE("host: who wants everything and joins a narrower collection gets everything") {
  CollectorWorld world;
  world.machine.put("proc/7/stat", "7 (sh) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 1 0 0\n");
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all);
  std::vector<std::string> told;
  for (const Breadth breadth : {Breadth::needed, Breadth::everything, Breadth::everything}) {
    collector.collect(Duration::zero(), breadth,
                      [&](std::string text) { told.push_back(std::move(text)); });
  }
  CHECK(testing::run_until(world.io, [&] { return told.size() == 3; }));
  CHECK(testing::read_samples(told[1]).samples.at("node_processes_pids{}") == "1");
  CHECK(testing::read_samples(told[2]).twice.empty());
}

TEST_CASE("host: who asks while a collection is under way is told its end") {
  CollectorWorld world;
  int asked = 0;
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all);
  std::vector<std::string> told;
  for (; asked < 3; ++asked) {
    collector.collect(Duration::zero(), Breadth::everything,
                      [&](std::string text) { told.push_back(std::move(text)); });
  }
  CHECK(testing::run_until(world.io, [&] { return told.size() == 3; }));
  CHECK(told[0] == told[1]);
  CHECK(told[1] == told[2]);
}

TEST_CASE("host: a mount that hangs is told as an error, the rest as ever") {
  CollectorWorld world;
  auto release = std::make_shared<std::promise<void>>();
  const std::shared_future<void> released = release->get_future().share();
  HostCollector collector(world.machine.options(), world.pool, milliseconds(300),
                          [released](const std::string& path) -> Result<host::FilesystemSize> {
                            if (path == "/nfs") released.wait();
                            return size_of_all(path);
                          });
  const auto samples = world.collected(collector).samples;
  CHECK(samples.at(
            "node_filesystem_size_bytes{device=\"/dev/a\",fstype=\"ext4\",mountpoint=\"/\",}") ==
        "100");
  CHECK(
      samples.at("node_filesystem_device_error{device=\"server:/export\",device_error=\"mountpoint "
                 "timeout\",fstype=\"nfs4\",mountpoint=\"/nfs\",}") == "1");
  CHECK(samples.at("node_load1{}") == "0.5");
  CHECK(samples.at(success("filesystem")) == "1");
  release->set_value();
}

TEST_CASE("host: nothing is told after the collector's end, also where the first told ends it") {
  CollectorWorld world;
  auto collector = std::make_unique<HostCollector>(world.machine.options(), world.pool, seconds(10),
                                                   size_of_all);
  int told = 0;
  for (int i = 0; i < 2; ++i) {
    collector->collect(Duration::zero(), Breadth::everything, [&](const std::string&) {
      ++told;
      collector.reset();
    });
  }
  CHECK(testing::run_until(world.io, [&] { return told > 0 && world.pool.outstanding() == 0; }));
  CHECK(told == 1);
}

TEST_CASE("host: an exclusion that is no regular expression is an error with its words") {
  CollectorWorld world;
  config::HostSource definition;
  definition.exclude_disks = "loop[";
  const auto made = HostCollector::make(definition, world.pool, seconds(1));
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == ErrorCode::invalid);
  CHECK(made.error().text.find("loop[") != std::string::npos);
}

TEST_CASE("host source: a scrape carries the exposition; a cancelled one is not answered") {
  CollectorWorld world;
  HostCollector collector(world.machine.options(), world.pool, seconds(10), size_of_all);
  const auto source = make_host_source(collector);
  std::optional<Scrape> cancelled;
  std::optional<Scrape> got;
  source->scrape(TargetId(1), BootTime(seconds(60)), [&](Scrape s) { cancelled = std::move(s); });
  source->cancel();
  source->scrape(TargetId(2), BootTime(seconds(120)), [&](Scrape s) { got = std::move(s); });
  CHECK(testing::run_until(world.io, [&] { return got.has_value(); }));
  CHECK_FALSE(cancelled.has_value());
  CHECK(got->outcome == ScrapeOutcome::answered);
  CHECK(got->target == TargetId(2));
  CHECK(got->tick == BootTime(seconds(120)));
  CHECK(got->format == ExpositionFormat::text);
  CHECK(testing::read_samples(got->body).samples.at("node_load5{}") == "0.25");
}

TEST_CASE("host: this very machine yields its essentials") {
  CollectorWorld world;
  const auto collector = HostCollector::make(config::HostSource(), world.pool, seconds(10));
  REQUIRE(collector.has_value());
  const auto samples = world.collected(**collector).samples;
  for (const char* essential :
       {"node_memory_MemTotal_bytes{}", "node_memory_MemAvailable_bytes{}", "node_load1{}",
        "node_boot_time_seconds{}", "node_time_seconds{}",
        "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\",}", "node_context_switches_total{}",
        "node_filefd_allocated{}", "node_vmstat_pgmajfault{}"}) {
    CAPTURE(essential);
    CHECK(samples.count(essential) == 1);
  }
}
