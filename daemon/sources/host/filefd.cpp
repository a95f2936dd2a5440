#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {

// Three numbers: allocated, allocated but unused (0 since Linux 2.6), maximum.
Result<void> filefd(std::string_view file_nr, Exposition& out) {
  const std::vector<std::string_view> parts = fields(file_nr);
  const std::optional<double> allocated = parts.size() < 3 ? std::nullopt : count(parts[0]);
  const std::optional<double> maximum = parts.size() < 3 ? std::nullopt : count(parts[2]);
  if (!allocated || !maximum) {
    return fail(ErrorCode::corrupt, "file-nr: not three numbers");
  }
  out.gauge("node_filefd_allocated", "Open files of the whole system.").add(*allocated);
  out.gauge("node_filefd_maximum", "How many files the system may have open.").add(*maximum);
  return {};
}

}  // namespace tocsin::sources::host
