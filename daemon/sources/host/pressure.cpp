#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/memory.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::string_view kTotal = "total=";

}  // namespace

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=14036781", microseconds. That all tasks stalled
// for want of CPU cannot be (the kernel writes zeros there), nor that only some stalled on an
// interrupt.
Result<void> pressure(std::string_view resource, std::string_view text, Exposition& out) {
  const std::string prefix = "node_pressure_" + std::string(resource);
  for (const std::string_view line : lines(text)) {
    const std::vector<std::string_view> parts = fields(line);
    if (parts.empty() || !parts.back().starts_with(kTotal)) {
      return fail(ErrorCode::corrupt, "pressure/" + std::string(resource) + ": no total");
    }
    const std::optional<double> microseconds = count(parts.back().substr(kTotal.size()));
    if (!microseconds) {
      return fail(ErrorCode::corrupt, "pressure/" + std::string(resource) + ": total is no number");
    }
    if (parts[0] == "some" && resource != "irq") {
      out.counter(prefix + "_waiting_seconds_total",
                  "Seconds in which some tasks waited for this: " + std::string(resource) + ".")
          .add(*microseconds / 1e6);
    } else if (parts[0] == "full" && resource != "cpu") {
      out.counter(
             prefix + "_stalled_seconds_total",
             "Seconds in which no task went on for want of this: " + std::string(resource) + ".")
          .add(*microseconds / 1e6);
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
