// Keys of the sources that watch jobs, units, files and processes of this host. One row a key, in
// the order in which the reference shows them.
#pragma once

#include <array>

#include "tocsin/config/keys.hpp"

namespace tocsin::config {

// clang-format off
inline constexpr std::array kProgramKeys = {
    Key{.section = "source.job.*", .name = "expect_every", .type = Type::duration,
        .required = true, .least = "1s", .most = "366d",
        .meaning = "A success is expected at least so often; the time between is counted over "
                   "restarts and reboots.", .example = "\"1d\""},
    Key{.section = "source.job.*", .name = "grace", .type = Type::duration,
        .otherwise = "\"5m\"", .least = "0s", .most = "30d",
        .meaning = "It is late so much later.", .example = "\"1h\""},
    Key{.section = "source.job.*", .name = "runs_at_most", .type = Type::duration,
        .least = "1s", .most = "30d",
        .meaning = "From its start to its end, where it reports both.", .example = "\"2h\""},
    Key{.section = "source.job.*", .name = "token", .type = Type::secret,
        .meaning = "With it as the bearer token, POST /beat/NAME on the listener is taken too.",
        .example = "\"credential:backup-token\""},
    Key{.section = "source.job.*", .name = "every", .type = Type::duration, .otherwise = "\"1m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"1m\""},
    Key{.section = "source.job.*", .name = "timeout", .type = Type::duration,
        .otherwise = "\"10s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"10s\""},
    Key{.section = "source.job.*", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job (its name) and instance (this host).",
        .example = "{ team = \"ops\" }"},

    Key{.section = "source.systemd", .name = "enabled", .type = Type::flag, .otherwise = "false",
        .meaning = "Whether units are watched.", .example = "true"},
    Key{.section = "source.systemd", .name = "every", .type = Type::duration, .otherwise = "\"1m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"1m\""},
    Key{.section = "source.systemd", .name = "timeout", .type = Type::duration,
        .otherwise = "\"10s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"10s\""},
    Key{.section = "source.systemd", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job (systemd) and instance (this host).",
        .example = "{ team = \"ops\" }"},
    Key{.section = "source.systemd", .name = "required", .type = Type::texts,
        .meaning = "Units that must be active: one that is not even loaded is told of too.",
        .example = "[\"nginx.service\", \"backup.timer\"]"},
    Key{.section = "source.systemd", .name = "include", .type = Type::regex,
        .meaning = "Units whose state is watched, by their whole name; by default all.",
        .example = "'(nginx|postgresql.*)\\.service'"},
    Key{.section = "source.systemd", .name = "exclude", .type = Type::regex,
        .meaning = "Units that are not; by default all that are no service, timer, socket or path.",
        .example = "'user@.+'"},
    Key{.section = "source.systemd", .name = "bus",
        .otherwise = "\"unix:path=/run/dbus/system_bus_socket\"",
        .meaning = "The system bus's address.",
        .example = "\"unix:path=/host/run/dbus/system_bus_socket\""},
    Key{.section = "source.systemd", .name = "cgroup", .type = Type::path,
        .otherwise = "\"/sys/fs/cgroup\"", .meaning = "Where the control groups are mounted.",
        .example = "\"/host/sys/fs/cgroup\""},

    Key{.section = "source.files.*", .name = "patterns", .type = Type::texts, .required = true,
        .meaning = "Absolute paths, with *, ? and [a-z] as the shell has them.",
        .example = "[\"/var/backups/shop/*.dump\"]"},
    Key{.section = "source.files.*", .name = "max_age", .type = Type::duration,
        .least = "1s", .most = "366d",
        .meaning = "The newest must be so young; none at all is as bad.", .example = "\"26h\""},
    Key{.section = "source.files.*", .name = "min_size", .type = Type::size, .otherwise = "0",
        .meaning = "The newest must be so long.", .example = "\"1MiB\""},
    Key{.section = "source.files.*", .name = "every", .type = Type::duration, .otherwise = "\"5m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"5m\""},
    Key{.section = "source.files.*", .name = "timeout", .type = Type::duration,
        .otherwise = "\"10s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"10s\""},
    Key{.section = "source.files.*", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job (its name) and instance (this host).",
        .example = "{ team = \"ops\" }"},

    Key{.section = "source.process.*", .name = "name",
        .meaning = "The program's name as `ps -o comm` shows it; one of `name`, `command` and "
                   "`unit` must be there, and all that are must fit.", .example = "\"gunicorn\""},
    Key{.section = "source.process.*", .name = "command", .type = Type::regex,
        .meaning = "What matches somewhere in the command line.",
        .example = "'manage\\.py runworker'"},
    Key{.section = "source.process.*", .name = "unit",
        .meaning = "The systemd unit that they belong to.", .example = "\"shop-api.service\""},
    Key{.section = "source.process.*", .name = "at_least", .type = Type::count, .otherwise = "1",
        .most = "100000", .meaning = "So many must run.", .example = "4"},
    Key{.section = "source.process.*", .name = "procfs", .type = Type::path,
        .otherwise = "\"/proc\"", .meaning = "Where proc is mounted.",
        .example = "\"/host/proc\""},
    Key{.section = "source.process.*", .name = "every", .type = Type::duration, .otherwise = "\"1m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"1m\""},
    Key{.section = "source.process.*", .name = "timeout", .type = Type::duration,
        .otherwise = "\"10s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"10s\""},
    Key{.section = "source.process.*", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job (its name) and instance (this host).",
        .example = "{ team = \"ops\" }"},
};
// clang-format on

}  // namespace tocsin::config
