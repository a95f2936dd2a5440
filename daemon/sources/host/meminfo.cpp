#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/memory.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources::host {
namespace {

/// "Active(anon)" becomes "Active_anon".
std::string field_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != ')') {
      out += c == '(' ? '_' : c;
    }
  }
  return metric_name(out);
}

}  // namespace

Result<void> meminfo(std::string_view text, Exposition& out) {
  std::size_t found = 0;
  for (const std::string_view line : lines(text)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    const std::vector<std::string_view> parts = fields(line.substr(colon + 1));
    const std::optional<double> value = parts.empty() ? std::nullopt : count(parts[0]);
    if (!value) {
      return fail(ErrorCode::corrupt, "meminfo: a line without a number");
    }
    const bool kilobytes = parts.size() > 1 && parts[1] == "kB";
    const std::string_view key = trim(line.substr(0, colon));
    const std::string name = field_name(key) + (kilobytes ? "_bytes" : "");
    out.gauge("node_memory_" + name, "Memory: " + std::string(key) + " of /proc/meminfo.")
        .add(kilobytes ? *value * 1024 : *value);
    ++found;
  }
  if (found == 0) {
    return fail(ErrorCode::not_found, "meminfo: has no fields");
  }
  return {};
}

}  // namespace tocsin::sources::host
