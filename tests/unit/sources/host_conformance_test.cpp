// The host collector over a recorded machine, against what node_exporter says of the same one. The
// data lies beside the source tree; where it is missing, that is said and nothing is tested.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "loop/worker_pool.hpp"
#include "sources/host/collectors.hpp"
#include "sources/host/filesystem.hpp"
#include "sources/host_collector.hpp"
#include "support/sample_table.hpp"
#include "support/temporary_folder.hpp"
#include "tocsin/config/config.hpp"

namespace fs = std::filesystem;
using namespace tocsin;
using sources::host::Options;
using sources::host::Pattern;

namespace {

const fs::path kData = fs::path(TOCSIN_SOURCE_DIR) / ".." / "shared" / "host";

bool data_missing() {
  if (fs::exists(kData / "expected.prom")) return false;
  std::cerr << "SKIPPED: no host fixtures in " << kData.string() << "\n";
  return true;
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// A copy of the recorded sysfs in which links are links: the recording may have come through a
/// transport that turned each into a file with the target's name.
class LinkedTree {
 public:
  explicit LinkedTree(const fs::path& recorded) {
    const fs::path root = root_.path();
    fs::copy(recorded, root, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.is_regular_file() && !entry.is_symlink()) files.push_back(entry.path());
    }
    for (const fs::path& file : files) {
      const std::string target = content(file);
      if (target.starts_with("..") && target.find('\n') == std::string::npos) {
        fs::remove(file);
        fs::create_symlink(target, file);
      }
    }
  }
  [[nodiscard]] const std::string& path() const { return root_.path(); }

 private:
  testing::TemporaryFolder root_;
};

Options recorded_machine(const std::string& sysfs) {
  const fs::path fixture = kData / "fixture";
  Options options = *Options::from(config::HostSource());
  options.procfs = (fixture / "proc").string();
  options.sysfs = sysfs;
  options.rootfs = (fixture / "rootfs").string();
  options.udev_data = (fixture / "udev" / "data").string();
  options.exclude_arp_devices = Pattern::built_in("^nope$");
  options.exclude_class_devices = Pattern::built_in("(dmz|int)");
  options.only_hwmon_chips =
      Pattern::built_in("(applesmc|asus_nb_wmi|coretemp|hwmon4|ieee80211|nct6779)");
  options.cpu_info = true;
  options.cpu_bugs = Pattern::built_in("^(cpu_meltdown|spectre_.*|mds)$");
  options.cpu_flags = Pattern::built_in("^(aes|avx.?|constant_tsc)$");
  return options;
}

std::string collected(const Options& options) {
  boost::asio::io_context loop;
  loop::WorkerPool pool(loop.get_executor(), {});
  sources::HostCollector collector(options, pool, std::chrono::seconds(10));
  std::string text;
  bool done = false;
  collector.collect(Duration::zero(), sources::HostCollector::Breadth::everything,
                    [&](std::string exposition) {
                      text = std::move(exposition);
                      done = true;
                    });
  while (!done && loop.run_one() > 0) {
  }
  return text;
}

bool same_value(const std::string& a, const std::string& b) {
  const double x = std::strtod(a.c_str(), nullptr);
  const double y = std::strtod(b.c_str(), nullptr);
  return x == y || std::abs(x - y) <= 1e-9 * std::max(std::abs(x), std::abs(y));
}

/// Textfile directories are not read yet.
bool is_out_of_scope(const std::string& series) {
  return series.starts_with("testmetric") || series.starts_with("node_textfile") ||
         series.find("collector=\"textfile\"") != std::string::npos;
}

struct Tally {
  int matched = 0;
  int missing = 0;
  int different = 0;
};

}  // namespace

TEST_CASE("host: the recorded machine yields node_exporter's samples") {
  if (data_missing()) return;
  const LinkedTree sysfs(kData / "fixture" / "sys");
  const auto ours = testing::read_samples(collected(recorded_machine(sysfs.path())));
  const auto expected = testing::read_samples(content(kData / "expected.prom"));
  REQUIRE(expected.samples.size() > 600);
  std::map<std::string, Tally> families;
  for (const auto& [series, value] : expected.samples) {
    if (is_out_of_scope(series)) continue;
    Tally& tally = families[testing::name_of(series)];
    const auto found = ours.samples.find(series);
    if (found == ours.samples.end()) {
      ++tally.missing;
      std::cerr << "missing: " << series << " " << value << "\n";
    } else if (!same_value(found->second, value)) {
      ++tally.different;
      std::cerr << "different: " << series << " " << found->second << ", not " << value << "\n";
    } else {
      ++tally.matched;
    }
  }
  Tally all;
  for (const auto& [family, tally] : families) {
    CAPTURE(family);
    CHECK(tally.missing == 0);
    CHECK(tally.different == 0);
    if (tally.matched > 0) CHECK(ours.types.at(family) == expected.types.at(family));
    all.matched += tally.matched;
    all.missing += tally.missing;
    all.different += tally.different;
  }
  std::cerr << "host fixture: " << families.size() << " families, " << all.matched << " matched, "
            << all.missing << " missing, " << all.different << " different\n";
  CHECK(ours.twice.empty());
  CHECK(ours.unreadable.empty());
}

TEST_CASE("host: the recorded mount tables yield the mounts that count") {
  if (data_missing()) return;
  std::multimap<std::string, std::string> expected;
  std::istringstream table(content(kData / "expected-mounts.tsv"));
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t tab = line.find('\t');
    expected.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
  REQUIRE(expected.size() > 5);
  const std::map<std::string, std::string> trees = {
      {"main", "proc"}, {"hidepid", "mounts/hidepid/proc"}, {"bindmount", "mounts/bindmount/proc"}};
  for (const auto& [tree, folder] : trees) {
    CAPTURE(tree);
    Options options = *Options::from(config::HostSource());
    options.procfs = (kData / "fixture" / folder).string();
    options.rootfs = tree == "bindmount" ? "/host" : "/";
    const sources::host::Machine machine(options);
    const auto mounts = sources::host::MountTable(machine).read();
    REQUIRE(mounts.has_value());
    std::vector<std::string> ours;
    for (const auto& mount : **mounts) {
      std::string point = mount.mount_point;
      for (std::size_t at = point.find('\t'); at != std::string::npos; at = point.find('\t')) {
        point.replace(at, 1, "\\t");
      }
      ours.push_back(mount.device + "\t" + point + "\t" + mount.fs_type + "\t" + mount.major + ":" +
                     mount.minor + "\t" + (mount.read_only ? "1" : "0"));
    }
    for (auto [at, end] = expected.equal_range(tree); at != end; ++at) {
      CAPTURE(at->second);
      CHECK(std::ranges::count(ours, at->second) == 1);
    }
    // The table holds a part of the mounts only; these are the others that the trees have.
    const std::map<std::string, std::size_t> extra = {
        {"main", 2}, {"hidepid", 0}, {"bindmount", 4}};
    CHECK(ours.size() == expected.count(tree) + extra.at(tree));
  }
}

TEST_CASE("host: a worker's collector writes no family but those that its table names") {
  if (data_missing()) return;
  const LinkedTree sysfs(kData / "fixture" / "sys");
  const sources::host::Machine machine(recorded_machine(sysfs.path()));
  for (const sources::host::WorkerCollector& collector : sources::host::worker_collectors()) {
    CAPTURE(collector.name);
    sources::Exposition out;
    static_cast<void>(collector.collect(machine, out));
    for (const auto& [series, value] : testing::read_samples(out.text()).samples) {
      CAPTURE(series);
      CHECK(collector.writes(testing::name_of(series)));
    }
  }
}
