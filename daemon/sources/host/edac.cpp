#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/hardware.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::string_view kControllers = "devices/system/edac/mc";

struct Family {
  std::string_view file;
  std::string_view metric;
  std::string_view help;
};

void insert_before(std::string& text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + word.size() + 1)) {
    text.insert(at, "_");
  }
}

/// "mc#0csrow#2channel#0" becomes "mc0_csrow2_channel0", as node_exporter has it.
std::string dimm_label(std::string label) {
  std::erase(label, '#');
  insert_before(label, "csrow");
  insert_before(label, "channel");
  return label;
}

void channels(const Tree& sys, const std::string& folder, std::string_view controller,
              std::string_view row, Exposition& out) {
  static constexpr Family kCounts[] = {
      {"_ce_count", "node_edac_channel_correctable_errors_total",
       "Memory errors of each channel that were corrected."},
      {"_ue_count", "node_edac_channel_uncorrectable_errors_total",
       "Memory errors of each channel that could not be corrected."},
  };
  const auto files = sys.list(folder);
  if (!files) {
    return;
  }
  for (const std::string& file : *files) {
    for (const auto& [suffix, metric, help] : kCounts) {
      if (!file.starts_with("ch") || !file.ends_with(suffix)) {
        continue;
      }
      const std::string channel = file.substr(2, file.size() - 2 - suffix.size());
      const auto errors = sys.number(folder + "/" + file);
      if (!unsigned_number(channel) || !errors) {
        continue;
      }
      const auto label = sys.value(folder + "/ch" + channel + "_dimm_label");
      out.counter(metric, help)
          .add({{"channel", channel},
                {"controller", controller},
                {"csrow", row},
                {"dimm_label", dimm_label(label.value_or(""))}},
               *errors);
    }
  }
}

void rows(const Tree& sys, const std::string& folder, std::string_view controller,
          Exposition& out) {
  static constexpr std::string_view kRow = "csrow";
  static constexpr struct {
    std::string_view file;
    std::string_view unknown_file;
    std::string_view metric;
    std::string_view help;
  } kCounts[] = {
      {"ce_count", "ce_noinfo_count", "node_edac_csrow_correctable_errors_total",
       "Memory errors of each row that were corrected."},
      {"ue_count", "ue_noinfo_count", "node_edac_csrow_uncorrectable_errors_total",
       "Memory errors of each row that could not be corrected."},
  };
  const auto entries = sys.list(folder);
  for (const auto& [file, unknown_file, metric, help] : kCounts) {
    MetricFamily& family = out.counter(metric, help);
    if (const auto errors = sys.number(folder + "/" + std::string(unknown_file))) {
      family.add({{"controller", controller}, {"csrow", "unknown"}}, *errors);
    }
    for (const std::string& entry : *entries) {
      const std::string row = entry.starts_with(kRow) ? entry.substr(kRow.size()) : "";
      const auto errors = sys.number(folder + "/" + entry + "/" + std::string(file));
      if (unsigned_number(row) && errors) {
        family.add({{"controller", controller}, {"csrow", row}}, *errors);
      }
    }
  }
  for (const std::string& entry : *entries) {
    if (entry.starts_with(kRow) && unsigned_number(entry.substr(kRow.size()))) {
      channels(sys, folder + "/" + entry, controller, entry.substr(kRow.size()), out);
    }
  }
}

}  // namespace

Result<void> edac(const Machine& machine, Exposition& out) {
  static constexpr Family kCounts[] = {
      {"ce_count", "node_edac_correctable_errors_total", "Memory errors that were corrected."},
      {"ue_count", "node_edac_uncorrectable_errors_total",
       "Memory errors that could not be corrected."},
  };
  const Tree& sys = machine.sys;
  const auto entries = sys.list(kControllers);
  if (!entries) {
    return tl::unexpected(entries.error());
  }
  for (const std::string& entry : *entries) {
    const std::string controller = entry.starts_with("mc") ? entry.substr(2) : "";
    const std::string folder = std::string(kControllers) + "/" + entry;
    if (!unsigned_number(controller) || !sys.list(folder)) {
      continue;
    }
    for (const auto& [file, metric, help] : kCounts) {
      if (const auto errors = sys.number(folder + "/" + std::string(file))) {
        out.counter(metric, help).add({{"controller", controller}}, *errors);
      }
    }
    rows(sys, folder, controller, out);
  }
  return {};
}

}  // namespace tocsin::sources::host
