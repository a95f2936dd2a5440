#include <fmt/format.h>

#include "app/view.hpp"
#include "commands/json_forms.hpp"
#include "commands/manual.hpp"
#include "commands/roff.hpp"

namespace tocsin::commands {

namespace {

constexpr std::string_view kProgramDescription = R"(
`tocsin run` measures this host and the applications on it, decides by rules when something is wrong,
and climbs from a chat channel to a pager until a person has it in hand. It serves its metrics to
Prometheus. Its configuration is described in `tocsin.toml`(5).

The other commands speak to the daemon that runs through its control socket, as the user who runs
them: root and the daemon's own user may. `check`, `test`, `config`, `help`, `man` and `completions`
need no daemon.

Tables are for people. With `--json` a command prints what it knows as one line of JSON, of the form
that the section JSON tells. Colour is only used on a terminal, and not where `NO_COLOR`
is set.
)";

void add_json(Roff& page) {
  page.section("JSON");
  page.paragraph(
      "What `--json` prints. Members keep their names and meanings; others may be added. Braces "
      "hold an object's members, brackets the elements of a list; one with a question mark may be "
      "absent, one that is null has nothing to say. A name in capitals is told in an entry of its "
      "own. Moments are RFC 3339 in UTC; a value of a series is a text, so that NaN and infinities "
      "have their place.");
  for (const JsonForm& one : kJsonForms) page.item(one.of, std::string(one.form) + ".");
}

/// What the read-only listener answers, for programs.
void add_http(Roff& page) {
  page.section("HTTP");
  page.paragraph(
      "The listener (`[listen] address`) answers; nothing but a signed link and a job's beat "
      "changes anything:");
  page.item("/metrics", "tocsin's and the host's metrics, as text 0.0.4 or OpenMetrics 1.0.");
  page.item("/-/healthy, /-/ready", "200, or 503 while it is not ready.");
  page.item(
      "/api/v1/query?query=EXPR&time=TIME",
      "PromQL at one time, by default now; asked and answered as Prometheus does, also by POST "
      "with a form.");
  page.item("/api/v1/query_range?query=EXPR&start=TIME&end=TIME&step=DURATION",
            "The same at `start`, and every `step` from there up to `end`.");
  page.item("/api/v1/status/buildinfo", "The version, as Grafana asks for it.");
  page.item("/api/v1/explain/RULE", "What `tocsin explain RULE --json` prints.");
  page.item("/api/v1/incidents, /api/v1/incidents/NUMBER",
            "The open incidents; one with its whole story.");
  page.item("/ack/TOKEN",
            "Where `[listen] external_url` is configured: the page of a signed link. GET shows the "
            "incident; POST with a form's `name` acknowledges it.");
  page.paragraph(
      "A TIME is RFC 3339 or seconds since 1970, a DURATION is written like 90s or 1m30s, or is a "
      "number of seconds.");
}

void add_argument(Roff& page, const Argument& one) {
  const std::string otherwise =
      one.otherwise.empty() ? "" : fmt::format(" By default `{}`.", one.otherwise);
  page.item(written(one), fmt::format("{}.{}", one.meaning, otherwise));
}

/// What a command says of itself; those within it follow.
void add_command(Roff& page, const Grammar& grammar, const Command& command) {
  // A heading is not filled: a command of many options would run out of the page.
  page.subsection("tocsin " + name_of(command));
  page.paragraph(usage_of(grammar, command));
  page.paragraph(command.meaning + ".");
  for (const Argument& one : command.words) add_argument(page, one);
  for (const Argument& one : command.options) add_argument(page, one);
  page.prose(command.more);
  if (!command.notes.examples.empty()) {
    page.paragraph(command.notes.examples.size() == 1 ? "Example:" : "Examples:");
    std::string shown;
    for (const Example& one : command.notes.examples)
      shown += fmt::format("{}\n    {}\n", one.line, one.meaning);
    page.verbatim(shown);
  }
  page.paragraph(fmt::format("Exit status: {}.", exit_statuses(command)));
  for (const Command* within : commands_within(grammar, command.path))
    add_command(page, grammar, *within);
}

}  // namespace

std::string program_manual(const Grammar& grammar) {
  const Command& program = grammar.front();
  Roff page("TOCSIN", 1, app::kVersionDate, fmt::format("tocsin {}", app::kVersion),
            "User Commands");
  page.section("NAME");
  page.paragraph("tocsin - watches a server and its applications, and rings for people");
  page.section("SYNOPSIS");
  page.verbatim(usage_of(grammar, program));
  page.section("DESCRIPTION");
  page.prose(kProgramDescription);
  page.section("OPTIONS");
  page.paragraph("Every command takes these, before or behind its name:");
  for (const Argument& one : program.options) add_argument(page, one);
  page.section("COMMANDS");
  for (const Command* one : commands_within(grammar, {})) add_command(page, grammar, *one);
  page.section("EXIT STATUS");
  page.item("0", "Well.");
  page.item("1", "Something fires, fails or was refused; each command says what.");
  page.item("2", "The command line or the configuration is wrong.");
  page.item("3", "The daemon cannot be reached.");
  add_json(page);
  add_http(page);
  page.section("SIGNALS");
  page.item("SIGHUP",
            "The daemon takes a new configuration, or keeps the old one whole and says "
            "why; `tocsin reload` does the same and shows the answer.");
  page.item("SIGTERM, SIGINT",
            "It ends. Nothing that was promised is lost: the next start goes on "
            "where this one ended.");
  page.section("ENVIRONMENT");
  page.item("NO_COLOR", "Where it is set and not empty, no colour is used.");
  page.item("CREDENTIALS_DIRECTORY", "Where `credential:NAME` is looked for; systemd sets it.");
  page.item("NOTIFY_SOCKET, WATCHDOG_USEC",
            "systemd's; the daemon tells its state and its progress.");
  page.section("FILES");
  page.item("/etc/tocsin/tocsin.toml",
            "The configuration, then `conf.d/*.toml`, then "
            "`rules.d/*.toml` beside it.");
  page.item("/run/tocsin/control.sock", "The control socket.");
  page.item("/var/lib/tocsin", "The durable state.");
  page.section("SEE ALSO");
  page.paragraph("`tocsin.toml`(5), `systemd.service`(5), `systemd-creds`(1)");
  return page.text();
}

}  // namespace tocsin::commands
