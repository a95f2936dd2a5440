#include <map>
#include <set>
#include <string>

#include "sources/host/cpu.hpp"
#include "sources/host/fields.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources::host {
namespace {

using Record = std::map<std::string_view, std::string_view>;

std::string_view get(const Record& record, std::string_view key) {
  const auto found = record.find(key);
  return found == record.end() ? std::string_view() : found->second;
}

std::vector<Record> records(std::string_view cpuinfo) {
  std::vector<Record> cpus;
  for (const std::string_view line : lines(cpuinfo)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    const std::string_view key = trim(line.substr(0, colon));
    if (key == "processor") {
      cpus.emplace_back();
    }
    if (!cpus.empty()) {
      cpus.back()[key] = trim(line.substr(colon + 1));
    }
  }
  return cpus;
}

void matching_words(std::string_view words, const Pattern& wanted, std::string_view label,
                    MetricFamily& family) {
  for (const std::string_view word : fields(words)) {
    if (wanted.found_in(word)) {
      family.add({{label, word}}, 1);
    }
  }
}

}  // namespace

Result<void> cpu_info(std::string_view cpuinfo, const Options& options, Exposition& out) {
  const std::vector<Record> cpus = records(cpuinfo);
  if (cpus.empty()) {
    return fail(ErrorCode::not_found, "cpuinfo: names no processor");
  }
  MetricFamily& info = out.gauge("node_cpu_info", "What /proc/cpuinfo says of each CPU; always 1.");
  MetricFamily& frequency =
      out.gauge("node_cpu_frequency_hertz", "Clock of each CPU by /proc/cpuinfo.");
  for (const Record& cpu : cpus) {
    info.add({{"cachesize", get(cpu, "cache size")},
              {"core", get(cpu, "core id")},
              {"cpu", get(cpu, "processor")},
              {"family", get(cpu, "cpu family")},
              {"microcode", get(cpu, "microcode")},
              {"model", get(cpu, "model")},
              {"model_name", get(cpu, "model name")},
              {"package", get(cpu, "physical id")},
              {"stepping", get(cpu, "stepping")},
              {"vendor", get(cpu, "vendor_id")}},
             1);
    if (const auto megahertz = real_number(get(cpu, "cpu MHz"))) {
      frequency.add({{"core", get(cpu, "core id")},
                     {"cpu", get(cpu, "processor")},
                     {"package", get(cpu, "physical id")}},
                    *megahertz * 1e6);
    }
  }
  matching_words(get(cpus[0], "bugs"), options.cpu_bugs, "bug",
                 out.gauge("node_cpu_bug_info", "Known faults of the first CPU; always 1."));
  matching_words(get(cpus[0], "flags"), options.cpu_flags, "flag",
                 out.gauge("node_cpu_flag_info", "Features of the first CPU; always 1."));
  return {};
}

}  // namespace tocsin::sources::host
