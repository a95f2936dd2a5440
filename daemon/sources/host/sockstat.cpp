#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {

// "TCP: inuse 4 orphan 0 tw 4 alloc 17 mem 1". What is called mem is counted in pages.
Result<void> sockstat(std::string_view text, double page_bytes, Exposition& out) {
  for (const std::string_view line : lines(text)) {
    const std::vector<std::string_view> parts = fields(line);
    if (parts.size() < 3 || parts.size() % 2 == 0 || !parts[0].ends_with(':')) {
      return fail(ErrorCode::corrupt, "sockstat: a line that is cut short");
    }
    const std::string protocol(parts[0].substr(0, parts[0].size() - 1));
    for (std::size_t i = 1; i + 1 < parts.size(); i += 2) {
      const std::optional<double> value = real_number(parts[i + 1]);
      if (!value) {
        return fail(ErrorCode::corrupt, "sockstat: a value that is no number");
      }
      const std::string name = "node_sockstat_" + protocol + "_" + std::string(parts[i]);
      const std::string help = "Sockets of " + protocol + " in /proc/net/sockstat: ";
      out.gauge(name, help + std::string(parts[i]) + ".").add(*value);
      if (parts[i] == "mem") {
        out.gauge(name + "_bytes", help + "mem in bytes.").add(*value * page_bytes);
      }
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
