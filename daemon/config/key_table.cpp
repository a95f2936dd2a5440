// The sections, and their keys in one table.
#include <array>
#include <cstddef>

#include "config/key_table/daemon.hpp"
#include "config/key_table/host.hpp"
#include "config/key_table/network.hpp"
#include "config/key_table/people.hpp"
#include "config/key_table/programs.hpp"
#include "config/key_table/rules.hpp"
#include "config/key_table/services.hpp"
#include "tocsin/config/keys.hpp"

namespace tocsin::config {
namespace {

constexpr std::array kSections = {
    Section{"", "The top of any file.", ""},
    Section{"host", "The server that is watched.", ""},
    Section{"packs", "Shipped rules.", ""},
    Section{"listen", "The HTTP listener: metrics, health, the page, links to acknowledge.", ""},
    Section{"control", "The socket through which people command the daemon.", ""},
    Section{"storage", "Where the durable state lies.", ""},
    Section{"heartbeat",
            "The dead man's switch: tells a service outside that tocsin works, as healthchecks "
            "does it.",
            ""},
    Section{"limits", "Bounds: what is new beyond them is refused, counted and named.", ""},
    Section{"tuning", "The figures of the alerting model.", ""},
    Section{"source.host", "The host's own figures: processor, memory, disks, network.", ""},
    Section{"source.tocsin", "tocsin's own metrics, as a target like any other.", ""},
    Section{"source.prometheus.*", "A target that serves metrics over HTTP.", ""},
    Section{"source.http.*",
            "A request whose answer is judged: status, body, JSON, time, certificate.", ""},
    Section{"source.http.*.expect", "What makes the answer a good one.", ""},
    Section{"source.redis.*", "A Redis server: memory, clients, persistence, replication.", ""},
    Section{"source.postgres.*",
            "A PostgreSQL server: connections, transactions, sizes, replication, and what your own "
            "SQL counts.",
            ""},
    Section{"source.postgres.*.query.*",
            "A query of your own, in a read-only transaction; its name is the metric's.", ""},
    Section{"source.ping.*", "Echo requests (ICMP) to a host: loss and round-trip times.", ""},
    Section{"source.tcp.*", "A TCP port that must take a connection.", ""},
    Section{"source.dns.*", "A question that a name server must answer.", ""},
    Section{"source.uplink.*",
            "The way out. It is dead where none of its addresses answers; what does not answer "
            "through a dead uplink is unknown, not down.",
            ""},
    Section{"source.job.*",
            "A job that reports in, by `tocsin beat NAME` or over HTTP: late, failed, running too "
            "long.",
            ""},
    Section{"source.systemd", "systemd's units: states, restarts, timers, what they use.", ""},
    Section{"source.files.*", "Files of one kind, of which the newest counts: backups, exports.",
            ""},
    Section{"source.process.*",
            "Processes that belong together: how many, and what they use. Descriptors are counted "
            "where tocsin may: of its own user, or with CAP_SYS_PTRACE.",
            ""},
    Section{"receiver.*", "Where notices go.", ""},
    Section{"policy.*", "Who hears of an incident, and when.", ""},
    Section{"policy.*.notify[]", "One entry of a level; several may share a level.", ""},
    Section{"maintenance.*",
            "A window that recurs: while it is in force, what it matches is measured and recorded, "
            "and told to nobody; closes are. At its end, what still fires is told.",
            ""},
    Section{
        "parameter.*",
        "A name by which rules ask for series that each application calls otherwise. A pack gives "
        "its parameters the usual names; the same section in a file of your own gives yours.",
        ""},
    Section{"record.*",
            "What is computed once for all that read it, before they do: series of that name, for "
            "rules, other records, queries and /metrics.",
            ""},
    Section{"rule.*", "What is wrong when.", ""},
    Section{"override.*", "Tunes the rule of that name without copying it.", "rule.*"},
    Section{"group.*",
            "Tunes every rule that `match` finds, shipped or not. What [override.NAME] says of one "
            "of them stands above it; what the rule says stands below.",
            "rule.*", true},
};

template <std::size_t... Counts>
constexpr auto in_one(const std::array<Key, Counts>&... parts) {
  std::array<Key, (Counts + ...)> all{};
  std::size_t at = 0;
  const auto append = [&all, &at](const auto& part) {
    for (const Key& key : part) all[at++] = key;
  };
  (append(parts), ...);
  return all;
}

constexpr std::array kKeys = in_one(kDaemonKeys, kHostKeys, kServiceKeys, kNetworkKeys,
                                    kProgramKeys, kPeopleKeys, kRuleKeys);

}  // namespace

const KeyTable& configuration_keys() {
  static constexpr KeyTable kTable(kSections, kKeys);
  return kTable;
}

}  // namespace tocsin::config
