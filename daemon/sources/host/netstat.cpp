#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources::host {
namespace {

Result<void> add(std::string_view protocol, std::string_view field, std::string_view text,
                 FieldPattern& wanted, Exposition& out) {
  std::string name;
  name.reserve(protocol.size() + 1 + field.size());
  name.append(protocol).append(1, '_').append(field);
  if (!wanted.found_in(name)) {
    return {};
  }
  const std::optional<double> value = real_number(text);
  if (!value) {
    return fail(ErrorCode::corrupt, "netstat: " + name + " is no number");
  }
  out.untyped("node_netstat_" + name,
              "Network statistic " + std::string(field) + " of " + std::string(protocol) + ".")
      .add(*value);
  return {};
}

}  // namespace

// "Tcp: RtoAlgorithm RtoMin …" over "Tcp: 1 200 …".
Result<void> netstat(std::string_view text, FieldPattern& wanted, Exposition& out) {
  const std::vector<std::string_view> all = lines(text);
  for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
    const std::vector<std::string_view> names = fields(all[i]);
    const std::vector<std::string_view> values = fields(all[i + 1]);
    if (names.empty() || names.size() != values.size() || names[0] != values[0] ||
        !names[0].ends_with(':')) {
      return fail(ErrorCode::corrupt, "netstat: names and values do not match");
    }
    const std::string_view protocol = names[0].substr(0, names[0].size() - 1);
    for (std::size_t field = 1; field < names.size(); ++field) {
      if (auto ok = add(protocol, names[field], values[field], wanted, out); !ok) {
        return ok;
      }
    }
  }
  if (all.size() % 2 != 0) {
    return fail(ErrorCode::corrupt, "netstat: names without values");
  }
  return {};
}

// "Udp6InDatagrams 0": the protocol's name ends with the 6.
Result<void> snmp6(std::string_view text, FieldPattern& wanted, Exposition& out) {
  for (const std::string_view line : lines(text)) {
    const std::vector<std::string_view> parts = fields(line);
    if (parts.size() < 2) {
      return fail(ErrorCode::corrupt, "snmp6: a line without a value");
    }
    const std::size_t six = parts[0].find('6');
    if (six == std::string_view::npos) {
      continue;
    }
    if (auto ok = add(parts[0].substr(0, six + 1), parts[0].substr(six + 1), parts[1], wanted, out);
        !ok) {
      return ok;
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
