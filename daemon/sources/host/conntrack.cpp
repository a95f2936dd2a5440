#include <array>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

struct ConntrackColumn {
  std::string_view name;
  std::string_view help;
};

constexpr std::array<ConntrackColumn, 8> kConntrackColumns = {{
    {"found", "Look-ups that found an entry."},
    {"invalid", "Packets that could not be tracked."},
    {"ignore", "Packets that were tracked already."},
    {"insert", "Entries that were inserted."},
    {"insert_failed", "Entries that could not be inserted."},
    {"drop", "Packets dropped for want of an entry."},
    {"early_drop", "Entries dropped to make room."},
    {"search_restart", "Look-ups begun again because the table was resized."},
}};

/// A line to a CPU, hexadecimal, under headings that differ between kernels: summed by name.
Result<void> statistics(std::string_view text, Exposition& out) {
  const std::vector<std::string_view> all = lines(text);
  const std::vector<std::string_view> headings =
      all.empty() ? std::vector<std::string_view>() : fields(all[0]);
  for (std::size_t column = 0; column < headings.size(); ++column) {
    for (const auto& [name, help] : kConntrackColumns) {
      if (headings[column] != name) {
        continue;
      }
      double sum = 0;
      for (std::size_t line = 1; line < all.size(); ++line) {
        const std::vector<std::string_view> parts = fields(all[line]);
        const auto value =
            column < parts.size() ? unsigned_number(parts[column], 16) : std::nullopt;
        if (!value) {
          return fail(ErrorCode::corrupt, "nf_conntrack: a line that is cut short");
        }
        sum += static_cast<double>(*value);
      }
      out.gauge("node_nf_conntrack_stat_" + std::string(name), help).add(sum);
    }
  }
  return {};
}

}  // namespace

Result<void> conntrack(const Machine& machine, Exposition& out) {
  const auto entries = machine.proc.number("sys/net/netfilter/nf_conntrack_count");
  const auto limit = machine.proc.number("sys/net/netfilter/nf_conntrack_max");
  if (!entries || !limit) {
    return fail(ErrorCode::not_found, "connections are not tracked here");
  }
  out.gauge("node_nf_conntrack_entries", "Connections that are tracked.").add(*entries);
  out.gauge("node_nf_conntrack_entries_limit", "Connections that can be tracked.").add(*limit);
  const auto text = machine.proc.read("net/stat/nf_conntrack");
  if (!text) {
    return tl::unexpected(text.error());
  }
  return statistics(*text, out);
}

}  // namespace tocsin::sources::host
