// Risk: `check` takes a metric that this host does have for a slip of the pen, because the list of
// known names was left behind.
#include "config/known_metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "loop/worker_pool.hpp"
#include "sources/host_collector.hpp"
#include "support/sample_table.hpp"
#include "tocsin/config/config.hpp"

namespace fs = std::filesystem;
using namespace tocsin;

namespace {

bool known(const std::string& name) {
  const auto& all = config::known_metrics();
  return std::binary_search(all.begin(), all.end(), name);
}

std::string this_machine() {
  boost::asio::io_context loop;
  loop::WorkerPool pool(loop.get_executor(), {});
  auto collector =
      *sources::HostCollector::make(config::HostSource(), pool, std::chrono::seconds(10));
  std::string text;
  collector->collect(Duration::zero(), sources::HostCollector::Breadth::everything,
                     [&text](std::string exposition) { text = std::move(exposition); });
  while (text.empty() && loop.run_one() > 0) {
  }
  return text;
}

/// Names with one of the beginnings that stand between quotes in the sources of a room.
std::set<std::string> names_in(const std::string& room, const std::string& beginnings) {
  std::set<std::string> names;
  const std::regex quoted("\"((?:" + beginnings + ")_[a-z_]+)\"");
  for (const auto& file : fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / "daemon" / room)) {
    if (file.path().extension() != ".cpp") continue;
    std::ifstream in(file.path());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    for (std::sregex_iterator at(text.begin(), text.end(), quoted), end; at != end; ++at) {
      names.insert((*at)[1]);
    }
  }
  return names;
}

}  // namespace

TEST_CASE("known metrics: whatever this machine gives is known, and sorted") {
  const auto& all = config::known_metrics();
  CHECK(std::is_sorted(all.begin(), all.end()));
  const std::string text = this_machine();
  const testing::SampleTable table = testing::read_samples(text);
  REQUIRE(table.samples.size() > 100);
  for (const auto& [series, value] : table.samples) {
    CAPTURE(series);
    CHECK(known(testing::name_of(series)));
  }
}

TEST_CASE("known metrics: what tocsin tells of itself is known, and nothing else of that name") {
  const std::set<std::string> own = names_in("app", "tocsin|process");
  REQUIRE(own.size() > 40);
  for (const std::string& name : own) {
    CAPTURE(name);
    CHECK(known(name));
  }
  for (const std::string& name : config::known_metrics()) {
    if (!name.starts_with("tocsin_")) continue;
    CAPTURE(name);
    const std::string family = std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "");
    CHECK(own.contains(name) + own.contains(family) > 0);
  }
}

TEST_CASE("known metrics: what the other sources give is known") {
  std::set<std::string> given =
      names_in("sources", "probe|pg|ping|tcp|dns|uplink|job|files|processes|systemd|redis");
  for (const char* of_the_answer : {"tcp_port", "redis_version", "redis_build_id", "redis_mode"}) {
    given.erase(of_the_answer);
  }
  REQUIRE(given.size() > 90);
  for (const std::string& name : given) {
    CAPTURE(name);
    CHECK(known(name));
  }
}
