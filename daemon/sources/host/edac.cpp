#include <string>
#include <vector>

#include "sources/host/fields.hpp"
#include "sources/host/hardware.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::string_view kControllers = "devices/system/edac/mc";

struct Count {
  std::string_view file;
  std::string_view metric;
  std::string_view help;
};

constexpr Count kOfController[] = {
    {"ce_count", "node_edac_correctable_errors_total", "Memory errors that were corrected."},
    {"ue_count", "node_edac_uncorrectable_errors_total",
     "Memory errors that could not be corrected."},
};

struct RowCount {
  std::string_view file;
  std::string_view unknown_file;  ///< errors of which the row is not known
  std::string_view metric;
  std::string_view help;
};

constexpr RowCount kOfRow[] = {
    {"ce_count", "ce_noinfo_count", "node_edac_csrow_correctable_errors_total",
     "Memory errors of each row that were corrected."},
    {"ue_count", "ue_noinfo_count", "node_edac_csrow_uncorrectable_errors_total",
     "Memory errors of each row that could not be corrected."},
};

constexpr Count kOfChannel[] = {
    {"_ce_count", "node_edac_channel_correctable_errors_total",
     "Memory errors of each channel that were corrected."},
    {"_ue_count", "node_edac_channel_uncorrectable_errors_total",
     "Memory errors of each channel that could not be corrected."},
};

constexpr std::string_view kRow = "csrow";

/// The row's number where the folder is a row's, else "".
std::string_view row_of(std::string_view folder) {
  if (!folder.starts_with(kRow) || !unsigned_number(folder.substr(kRow.size()))) {
    return {};
  }
  return folder.substr(kRow.size());
}

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
  const auto files = sys.list(folder);
  if (!files) {
    return;
  }
  for (const std::string& file : *files) {
    for (const auto& [suffix, metric, help] : kOfChannel) {
      if (!file.starts_with("ch") || !file.ends_with(suffix)) {
        continue;
      }
      const std::string channel = file.substr(2, file.size() - 2 - suffix.size());
      const auto errors = sys.number(below(folder, file));
      if (!unsigned_number(channel) || !errors) {
        continue;
      }
      const auto label = sys.value(below(folder, "ch" + channel + "_dimm_label"));
      out.counter(metric, help)
          .add({{"channel", channel},
                {"controller", controller},
                {"csrow", row},
                {"dimm_label", dimm_label(label.value_or(""))}},
               *errors);
    }
  }
}

void rows(const Tree& sys, const std::string& folder, const std::vector<std::string>& entries,
          std::string_view controller, Exposition& out) {
  for (const auto& [file, unknown_file, metric, help] : kOfRow) {
    MetricFamily& family = out.counter(metric, help);
    if (const auto errors = sys.number(below(folder, unknown_file))) {
      family.add({{"controller", controller}, {"csrow", "unknown"}}, *errors);
    }
    for (const std::string& entry : entries) {
      const auto errors = sys.number(below(below(folder, entry), file));
      if (!row_of(entry).empty() && errors) {
        family.add({{"controller", controller}, {"csrow", row_of(entry)}}, *errors);
      }
    }
  }
  for (const std::string& entry : entries) {
    if (!row_of(entry).empty()) {
      channels(sys, below(folder, entry), controller, row_of(entry), out);
    }
  }
}

}  // namespace

Result<void> edac(const Machine& machine, Exposition& out) {
  const Tree& sys = machine.sys;
  const auto controllers = sys.list(kControllers);
  if (!controllers) {
    // Most virtual machines have none, and lack nothing.
    return controllers.error().code == ErrorCode::not_found
               ? Result<void>()
               : Result<void>(tl::unexpected(controllers.error()));
  }
  for (const std::string& name : *controllers) {
    const std::string controller = name.starts_with("mc") ? name.substr(2) : "";
    const std::string folder = below(kControllers, name);
    const auto entries = sys.list(folder);
    if (!unsigned_number(controller) || !entries) {
      continue;
    }
    for (const auto& [file, metric, help] : kOfController) {
      if (const auto errors = sys.number(below(folder, file))) {
        out.counter(metric, help).add({{"controller", controller}}, *errors);
      }
    }
    rows(sys, folder, *entries, controller, out);
  }
  return {};
}

}  // namespace tocsin::sources::host
