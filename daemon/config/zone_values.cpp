#include "zone_values.hpp"

#include <fmt/format.h>

namespace tocsin::config {

TimeZone named_zone(const Value& name, Report& report) {
  const Input& input = report.input();
  for (const NamedZone& named : input.zones) {
    if (named.name != name.text) continue;
    if (named.zone) return *named.zone;
    report.error(
        name.place, named.problem,
        did_you_mean(name.text, input.zone_names,
                     input.zone_names.empty() ? "this system has no time zone data: install tzdata"
                                              : "zones are called like Europe/Berlin"));
    return {};
  }
  if (name.text != "UTC")
    report.error(name.place, fmt::format("time zone `{}` was not read", name.text));
  return {};
}

}  // namespace tocsin::config
