// The members of what commands print with `--json`, as tocsin(1) tells them. An end-to-end test
// compares them with what the commands print.
#pragma once

#include <array>
#include <string_view>

namespace tocsin::commands {

struct JsonForm {
  std::string_view of;  ///< commands, or in capitals what other entries hold
  std::string_view form;
};

// clang-format off
inline constexpr std::array kJsonForms = {
    JsonForm{"status",
             "{version, host, now, started, uptime_seconds, "
             "totals {incidents_open, incidents_unacknowledged, alerts_pending, alerts_firing, silences, "
             "maintenance, outbox, series}, storage {degraded, error, steps_uncommitted}, "
             "config {folder, loaded, last_reload_ok, last_error, older_than_files}, "
             "targets [{name, answered, outcome, answer, detail, last_tick, took_seconds, samples, "
             "every_seconds}], records [{name, series, refused, last_evaluation, error}], "
             "rules [{name, state, pending, firing, reason, nothing_since, warm_at, baseline?, "
             "last_evaluation, error, value, shown_value, threshold}], "
             "receivers [{name, waiting, consecutive_failures, refuses, usable, error, last_yes}], "
             "maintenance [WINDOW]}"},
    JsonForm{"incidents", "[INCIDENT]"},
    JsonForm{"incidents show", "INCIDENT"},
    JsonForm{"INCIDENT",
             "{id, group, policy, storm, drill, state, severity, impact, assessed_by, level, told_nobody, "
             "recorded, opened, closed, close_reason, reopened, worst_severity, worst_impact, "
             "acknowledged {by, note, at, until, severity}, rings [{receiver, level, ring, at, closed}], "
             "next {level, at, to []}, withheld, alerts [ALERT], "
             "timeline? [{number, at, kind, text, told [], woke []}]}"},
    JsonForm{"alerts", "[ALERT]"},
    JsonForm{"ALERT",
             "{rule, labels LABELS, state, reason, since, breach_since, severity, value, shown_value, "
             "no_data, flapping, withheld, incident}"},
    JsonForm{"LABELS", "{} with each label's name"},
    JsonForm{"explain",
             "{rule, expression, policy, threshold? {direction, warning, critical, clear, "
             "shown {warning?, critical?, clear}}, normal? {direction, by, false_pages_a_year}, for, "
             "keep_firing_for, last_evaluation, error, baseline? {says, judges, expected, lower, upper}, "
             "reason, nothing_since, warm_at, parts [{depth, text, type, error, record?, count?, samples?, "
             "value?, shown_value?, elements? [{labels LABELS, value, shown_value}]}], notes [], "
             "instances [{rule?, labels LABELS, state, reason, since?, breach_since?, severity?, value, "
             "shown_value, no_data?, flapping?, withheld?, incident?, judged?, beyond?, distance?, "
             "next? [{what, at}]}], well_not_shown, incidents [INCIDENT], "
             "transitions [{at, labels LABELS, from, to, reason}]}"},
    JsonForm{"query", "{resultType, result} as Prometheus answers, and notes? [] beside an empty result"},
    JsonForm{"report",
             "{from, to, zone, pages, rings, wakes, acknowledged, to_acknowledge LENGTHS, "
             "to_resolve LENGTHS, open, untold, drills, nights, nights_disturbed [], pages_by_hour [], "
             "wakes_by_hour [], rules [{rule, level, pages, rings, wakes, acknowledged, "
             "to_acknowledge LENGTHS, to_resolve LENGTHS}], host, complete}"},
    JsonForm{"LENGTHS", "{count, median_seconds, p90_seconds}"},
    JsonForm{"silences",
             "[{id, name, matchers, by, reason, created, until, left_seconds}]"},
    JsonForm{"maintenance, maintenance list", "[WINDOW]"},
    JsonForm{"WINDOW",
             "{name, by_hand, matchers, recurrence, zone, reason, by, in_force, ended_early, begins, "
             "local_begins, ends}"},
    JsonForm{"changes", "[{at, by, text, link, concerns}]"},
    JsonForm{"ack, unack, assess, accept, silence, silence end, maintenance start, maintenance end, "
             "change, drill, drill end",
             "{accepted, recorded, text, number}"},
    JsonForm{"notify --test", "{accepted, recorded, text, number, result?, detail?}"},
    JsonForm{"notify --preview", "{receiver, kind, incident?, preview}"},
    JsonForm{"reload", "{accepted, text, changes?, notes? []}"},
    JsonForm{"check",
             "{ok, errors, warnings, diagnostics [DIAGNOSTIC], "
             "changes? {added, removed, changed, kept}, notes? []}, the last two with --diff"},
    JsonForm{"DIAGNOSTIC",
             "{level, file, path, line, column, length, message, hint, source}"},
    JsonForm{"test",
             "{ok, files [{file, diagnostics [DIAGNOSTIC], tests [{name, passed, seconds, "
             "failures [{line, column, what, expected, got, around []}]}]}]}"},
    JsonForm{"backtest",
             "{source, zone, from, to, targets, scrapes, samples, notes [], "
             "without_samples [{from, to}], rules [{rule, pages, untold, rings, wakes, level, "
             "receivers LABELS, hours [], firing_seconds, median_seconds, longest_seconds, open_at_end, "
             "found_series, error}], incidents [{incident, policy, group, rules [], instances [LABELS], "
             "instances_total, severity, opened, open_before, closed, close_reason, lasted_seconds, "
             "rings [{at, receiver, level, wakes, kind}]}]}"},
    JsonForm{"backtest --against",
             "{one, other, comparison [{rule, against, both, only_one, only_other, sooner_seconds, "
             "pairs [{one, other}]}]} of two as above"},
    JsonForm{"backtest --learn",
             "{source, from, to, notes [], rules [{rule, learned, text, note, known_seconds, "
             "taught_seconds, until}]}"},
};
// clang-format on

}  // namespace tocsin::commands
