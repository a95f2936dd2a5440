#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/memory.hpp"

namespace tocsin::sources::host {

Result<void> vmstat(std::string_view text, FieldPattern& wanted, Exposition& out) {
  for (const std::string_view line : lines(text)) {
    const std::vector<std::string_view> parts = fields(line);
    if (parts.size() < 2) {
      return fail(ErrorCode::corrupt, "vmstat: a line without a value");
    }
    const std::string name(parts[0]);
    if (!wanted.found_in(name)) {
      continue;
    }
    const std::optional<double> value = real_number(parts[1]);
    if (!value) {
      return fail(ErrorCode::corrupt, "vmstat: a value that is no number");
    }
    out.untyped("node_vmstat_" + name, "Field " + name + " of /proc/vmstat.").add(*value);
  }
  return {};
}

}  // namespace tocsin::sources::host
