// Risk: the table of metrics was left behind: `check` takes a metric that this host does have for a
// slip of the pen, and help does not tell of it, or tells it wrongly.
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
#include "support/text.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/config/keys.hpp"
#include "tocsin/config/metrics.hpp"

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

/// What the table says of a name; null where it knows none such.
const config::Metric* entry_of(const std::string& name) {
  for (const config::MetricsOf& each : config::metrics()) {
    for (const config::Metric& metric : each.metrics) {
      const std::vector<std::string> names = config::names_of(metric);
      if (std::find(names.begin(), names.end(), name) != names.end()) return &metric;
    }
  }
  return nullptr;
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The text of adjacent string literals without escapes.
std::string in_one_literal(const std::string& source) {
  static const std::regex between("\"\\s*\"");
  const std::string text = std::regex_replace(source, between, "");
  const std::size_t open = text.find('"');
  return text.substr(open + 1, text.rfind('"') - open - 1);
}

/// Names with one of the beginnings that stand between quotes in the sources of a room.
std::set<std::string> names_in(const std::string& room, const std::string& beginnings) {
  std::set<std::string> names;
  const std::regex quoted("\"((?:" + beginnings + ")_[a-z_]+)\"");
  for (const auto& file : fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / "daemon" / room)) {
    if (file.path().extension() != ".cpp") continue;
    const std::string text = content_of(file.path());
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
    const std::string name = testing::name_of(series);
    CHECK(known(name));
    const config::Metric* const entry = entry_of(name);
    REQUIRE(entry != nullptr);
    CHECK(table.types.at(name) == config::to_string(entry->kind));
    const std::string labels = " " + std::string(entry->labels) + " ";
    static const std::regex label("([a-z_]+)=\"");
    for (std::sregex_iterator at(series.begin(), series.end(), label), end; at != end; ++at) {
      CHECK_MESSAGE(testing::holds(labels, " " + (*at)[1].str() + " "), (*at)[1].str());
    }
  }
}

TEST_CASE("known metrics: none has two entries, and each entry says something") {
  const auto& all = config::known_metrics();
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  for (const config::MetricsOf& each : config::metrics()) {
    CAPTURE(each.section);
    CHECK((each.section.empty() || config::find_section(each.section) != nullptr));
    for (const config::Metric& metric : each.metrics) {
      CAPTURE(metric.names);
      CHECK(!config::names_of(metric).empty());
      CHECK(metric.meaning.ends_with('.'));
    }
  }
}

TEST_CASE("known metrics: gauge or counter, as the sources say") {
  const std::regex made("(gauge|counter)\\(\\s*\"([a-z_]+)\"");
  std::size_t seen = 0;
  for (const char* room : {"sources", "sources/host", "app"}) {
    for (const auto& file : fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / "daemon" / room)) {
      // The columns of its queries come before the metrics' names.
      if (file.path().extension() != ".cpp" || file.path().stem() == "postgres_queries") continue;
      const std::string text = content_of(file.path());
      for (std::sregex_iterator at(text.begin(), text.end(), made), end; at != end; ++at) {
        CAPTURE((*at)[2].str());
        if ((*at)[2].str().ends_with('_')) continue;  // the rest comes from the kernel
        const config::Metric* const entry = entry_of((*at)[2]);
        REQUIRE(entry != nullptr);
        CHECK(config::to_string(entry->kind) == (*at)[1].str());
        ++seen;
      }
    }
  }
  CHECK(seen > 120);
}

TEST_CASE("known metrics: the help text of a metric is the table's sentence, in the same words") {
  // A name, perhaps its type, and a text in one or more literals. What the kernel names itself,
  // field by field, says only where it comes from.
  const std::regex told(
      R"re("([a-z][a-zA-Z0-9_]+)",\s*(?:MetricType::\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+))re");
  std::set<std::string> seen;
  for (const char* room : {"sources", "sources/host", "app"}) {
    for (const auto& file : fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / "daemon" / room)) {
      if (file.path().extension() != ".cpp") continue;
      const std::string text = content_of(file.path());
      for (std::sregex_iterator at(text.begin(), text.end(), told), end; at != end; ++at) {
        const std::string name = (*at)[1];
        const std::string help = in_one_literal((*at)[2]);
        const config::Metric* const entry = entry_of(name);
        // One sentence of several metrics is more than each says of itself.
        if (entry == nullptr || entry->names != name || help.find(' ') == std::string::npos)
          continue;
        CAPTURE(name);
        CHECK(help == entry->meaning);
        seen.insert(name);
      }
    }
  }
  CHECK(seen.size() > 230);
}

TEST_CASE("known metrics: what tocsin tells of itself is known, and nothing else of that name") {
  const std::set<std::string> own = names_in("app", "tocsin|process");
  REQUIRE(own.size() > 40);
  for (const std::string& name : own) {
    CAPTURE(name);
    CHECK(known(name) + known(name + "_bucket") > 0);
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
  given.merge(names_in("sources", "node"));
  given.merge(names_in("sources/host", "node"));
  std::erase_if(given, [](const std::string& name) { return name.ends_with('_'); });
  const std::string redis =
      content_of(fs::path(TOCSIN_SOURCE_DIR) / "daemon" / "sources" / "redis_info.cpp");
  const std::regex field("RedisName\\{\"\\w+\", \"(\\w+)\"\\}");
  for (std::sregex_iterator at(redis.begin(), redis.end(), field), end; at != end; ++at) {
    given.insert("redis_" + (*at)[1].str());
  }
  REQUIRE(given.size() > 300);
  for (const std::string& name : given) {
    CAPTURE(name);
    CHECK(known(name));
  }
}
