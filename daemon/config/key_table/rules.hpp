// What is computed and judged: records, rules, and what tunes them. One row a key, in the order in
// which the reference shows them.
#pragma once

#include <array>

#include "tocsin/config/keys.hpp"

namespace tocsin::config {

// clang-format off
inline constexpr std::array kRuleKeys = {
    Key{.section = "parameter.*", .name = "expr", .type = Type::expression, .required = true,
        .meaning = "What the name stands for in the expressions of rules and records: series by their "
                "name and labels, or, where no rule asks for a range of it, any expression.",
        .example = "'http_server_requests_seconds_count{outcome=\"SERVER_ERROR\"}'"},
    Key{.section = "parameter.*", .name = "meaning",
        .meaning = "What it must be, for those who give it another value.",
        .example = "\"a counter of requests that failed\""},

    Key{.section = "record.*", .name = "expr", .type = Type::expression, .required = true,
        .meaning = "What is computed, in PromQL. A rule judges the series as it would judge this "
                "itself: where a target behind a value is unknown, so is the value.",
        .example = "'1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))'"},
    Key{.section = "record.*", .name = "labels", .type = Type::labels,
        .meaning = "Of its series, above those of the result.",
        .example = "{ unit = \"ratio\" }"},
    Key{.section = "record.*", .name = "every", .type = Type::duration, .least = "1s",
        .most = "1h", .meaning = "By default the interval of its sources; it cannot be shorter.",
        .example = "\"5m\""},

    Key{.section = "rule.*", .name = "enabled", .type = Type::flag, .otherwise = "true",
        .meaning = "Whether it is evaluated.", .example = "false"},
    Key{.section = "rule.*", .name = "expr", .type = Type::expression, .required = true,
        .singular = true,
        .meaning = "What is measured, in PromQL. Without `above`, `below`, `drop` or `rise`, each "
                "series of its result is a breach.", .example = "'node_load1'"},
    Key{.section = "rule.*", .name = "above", .type = Type::threshold,
        .singular = true,
        .meaning = "A value strictly above is a breach; { warn, critical }: severity by value.",
        .example = "{ warn = \"80%\", critical = \"90%\" }"},
    Key{.section = "rule.*", .name = "below", .type = Type::threshold,
        .singular = true,
        .meaning = "A value strictly below is a breach; { warn, critical }: severity by value.",
        .example = "\"99%\""},
    Key{.section = "rule.*", .name = "clear", .type = Type::quantity,
        .singular = true,
        .meaning = "A firing alert is well from here on; by default the threshold. An override "
                "of the threshold drops a `clear` that it leaves on the wrong side.",
        .example = "\"75%\""},
    Key{.section = "rule.*", .name = "drop", .type = Type::baseline,
        .singular = true,
        .meaning = "Fewer events than the time of the week led one to expect, by at least `by` and "
                "by more than chance explains. `false_pages` is the budget (1 per 3y), or "
                "`confidence`, the share of normal days without a page; `zone` is that of the week "
                "(UTC); `of` is what the value is a part of (errors of requests); kind = \"gauge\" "
                "is for what is no count; a lasting change of level is learned once `tocsin accept` "
                "says so, or after `accept_after`. It needs `every`, and a week of history.",
        .example = "{ by = \"30%\", false_pages = \"1 per 3y\" }"},
    Key{.section = "rule.*", .name = "rise", .type = Type::baseline,
        .singular = true,
        .meaning = "The same upwards: \"100%\" is twice what is normal.",
        .example = "{ by = \"100%\" }"},
    Key{.section = "rule.*", .name = "for", .type = Type::hold, .otherwise = "\"0s\"",
        .least = "0s", .most = "7d",
        .meaning = "How long a breach is seen before the rule fires, or how often of how many "
                "evaluations.", .example = "{ bad = 3, of = 5 }"},
    Key{.section = "rule.*", .name = "keep_firing_for", .type = Type::duration,
        .otherwise = "\"0s\"", .least = "0s", .most = "7d",
        .meaning = "How long health is seen before it closes.", .example = "\"5m\""},
    Key{.section = "rule.*", .name = "every", .type = Type::duration, .least = "1s", .most = "1h",
        .meaning = "By default the interval of its sources; it cannot be shorter.",
        .example = "\"5m\""},
    Key{.section = "rule.*", .name = "severity", .type = Type::choice, .otherwise = "\"warning\"",
        .choices = "info warning critical",
        .meaning = "How bad it is; not beside { warn, critical }.", .example = "\"critical\""},
    Key{.section = "rule.*", .name = "impact", .type = Type::choice, .otherwise = "\"medium\"",
        .choices = "low medium high critical",
        .meaning = "What it costs; decides the verdict of the level 3 notice.",
        .example = "\"high\""},
    Key{.section = "rule.*", .name = "policy", .otherwise = "\"default\"",
        .meaning = "Who hears of it.", .example = "\"production\""},
    Key{.section = "rule.*", .name = "labels", .type = Type::labels,
        .meaning = "Added to its alerts. An override adds to those of the rule.",
        .example = "{ component = \"api\" }"},
    Key{.section = "rule.*", .name = "summary", .type = Type::text_template,
        .singular = true,
        .meaning = "One line that says what is wrong; by default the rule's name and labels.",
        .example = "\"{{value}} of requests to {{labels.job}} fail\""},
    Key{.section = "rule.*", .name = "description", .type = Type::text_template,
        .singular = true, .meaning = "What it means and what to do first.",
        .example = "\"journalctl -u {{labels.name}} shows its last words.\""},
    Key{.section = "rule.*", .name = "runbook", .meaning = "A link.",
        .example = "\"https://runbooks.example.com/error-rate\""},
    Key{.section = "rule.*", .name = "on_missing", .type = Type::choice, .otherwise = "\"close\"",
        .choices = "close keep fire clear",
        .meaning = "Series that their targets no longer give: closed after `missing_for`, kept "
                "for ever, taken for a breach, or for health.", .example = "\"keep\""},
    Key{.section = "rule.*", .name = "missing_for", .type = Type::duration, .otherwise = "\"15m\"",
        .least = "0s", .most = "7d",
        .meaning = "How long missing series are kept before they close without evidence.",
        .example = "\"15m\""},
    Key{.section = "rule.*", .name = "inhibited_by", .type = Type::names,
        .meaning = "Rules that are the cause of this one: while they fire, it tells nobody.",
        .example = "[\"ApiDown\"]"},
    Key{.section = "rule.*", .name = "equal", .type = Type::texts,
        .meaning = "Labels that cause and effect must share.", .example = "[\"instance\"]"},
    Key{.section = "rule.*", .name = "unit", .type = Type::choice,
        .choices = "none ratio seconds bytes",
        .singular = true,
        .meaning = "How values are shown; by default the threshold's.", .example = "\"bytes\""},

    Key{.section = "group.*", .name = "match", .type = Type::matchers, .required = true,
        .meaning = "The rules that it tunes, by their labels, `rule` (the name), `pack` (of a "
                "shipped one, its file's name without .toml) and `impact`.",
        .example = "'{component=\"database\"}'"},
};
// clang-format on

}  // namespace tocsin::config
