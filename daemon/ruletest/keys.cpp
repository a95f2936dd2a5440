// The table of a test file's own keys: data, one row a key.
#include <array>

#include "tocsin/ruletest/read.hpp"

namespace tocsin::ruletest {
namespace {

using config::Key;
using config::Section;
using config::Type;

constexpr std::array kSections = {
    Section{"", "The top of a test file.", ""},
    Section{"test[]", "One run of the rules, from nothing.", ""},
    Section{"test[].scrape[]", "What one target answers.", ""},
    Section{"test[].command[]", "What a person says.", ""},
    Section{"test[].alert[]", "What alerts of a rule are then.", ""},
    Section{"test[].notice[]", "All that is told, to whom and when.", ""},
};

// clang-format off
constexpr std::array kKeys = {
    Key{.section = "", .name = "load", .type = Type::texts,
        .meaning = "What is tested, from this file's folder on: files, or folders as a whole: "
                "tocsin.toml, conf.d and rules.d.",
        .example = "[\"../rules.d/api.toml\"]"},

    Key{.section = "test[]", .name = "name", .required = true, .meaning = "Unique in its file.",
        .example = "\"CpuHigh: just above\""},
    Key{.section = "test[]", .name = "start", .otherwise = "\"2025-01-06T00:00:00Z\"",
        .meaning = "The calendar's time at the first tick.",
        .example = "\"2025-03-30T00:55:00Z\""},
    Key{.section = "test[]", .name = "until", .type = Type::duration, .least = "0s", .most = "1y",
        .meaning = "The end of the run; by default the last value or the last `at`.",
        .example = "\"30m\""},

    Key{.section = "test[].scrape[]", .name = "target", .required = true,
        .meaning = "The target: \"host\", \"tocsin\", \"prometheus.NAME\".",
        .example = "\"host\""},
    Key{.section = "test[].scrape[]", .name = "series",
        .meaning = "One series a line and its values, one for each tick (the `every` of the "
                "target's source, 1m where nothing sets it): numbers, `_`, `stale`, "
                "1+2x3, 5x3, _x3. A series whose values have ended is no longer there.",
        .example = "'node_load1 0+1x10'"},
    Key{.section = "test[].scrape[]", .name = "fails", .type = Type::texts,
        .meaning = "When it does not answer: from the first moment until before the second.",
        .example = "[\"5m..8m\"]"},

    Key{.section = "test[].command[]", .name = "at", .type = Type::duration, .required = true,
        .least = "0s", .most = "1y", .meaning = "When.", .example = "\"6m\""},
    Key{.section = "test[].command[]", .name = "by", .otherwise = "\"somebody\"",
        .meaning = "Who.", .example = "\"ada\""},
    Key{.section = "test[].command[]", .name = "ack",
        .meaning = "Acknowledges the open incident of that rule.", .example = "\"CpuHigh\""},
    Key{.section = "test[].command[]", .name = "unack",
        .meaning = "Takes that acknowledgement back.", .example = "\"CpuHigh\""},
    Key{.section = "test[].command[]", .name = "silence", .type = Type::matchers,
        .meaning = "Silences alerts, for `for`.", .example = "'{alertname=\"CpuHigh\"}'"},
    Key{.section = "test[].command[]", .name = "assess",
        .meaning = "Gives the open incident of that rule the impact `impact`.",
        .example = "\"CpuHigh\""},
    Key{.section = "test[].command[]", .name = "for", .type = Type::duration, .least = "1s",
        .most = "1y", .meaning = "How long an acknowledgement or a silence lasts.",
        .example = "\"30m\""},
    Key{.section = "test[].command[]", .name = "impact", .type = Type::choice,
        .choices = "low medium high critical", .meaning = "For `assess`.", .example = "\"high\""},
    Key{.section = "test[].command[]", .name = "note",
        .meaning = "The note of an acknowledgement, the reason of a silence.",
        .example = "\"on it\""},

    Key{.section = "test[].alert[]", .name = "at", .type = Type::duration, .required = true,
        .least = "0s", .most = "1y", .meaning = "When, all that happens then included.",
        .example = "\"5m\""},
    Key{.section = "test[].alert[]", .name = "rule", .required = true, .meaning = "Its rule.",
        .example = "\"CpuHigh\""},
    Key{.section = "test[].alert[]", .name = "state", .type = Type::choice, .required = true,
        .choices = "inactive pending firing clearing",
        .meaning = "\"inactive\": the rule has no alert with these labels.",
        .example = "\"firing\""},
    Key{.section = "test[].alert[]", .name = "labels", .type = Type::labels,
        .meaning = "Labels that tell it from others of the rule; it may have more.",
        .example = "{ device = \"sda\" }"},
    Key{.section = "test[].alert[]", .name = "severity", .type = Type::choice,
        .choices = "info warning critical", .meaning = "How bad it is.",
        .example = "\"critical\""},
    Key{.section = "test[].alert[]", .name = "value", .type = Type::quantity,
        .meaning = "What was measured, as exactly as a notice shows it: three digits. Of an "
                "alert that is inactive, what its rule measured last.",
        .example = "\"81%\""},
    Key{.section = "test[].alert[]", .name = "summary",
        .meaning = "The rule's summary as notices show it.",
        .example = "\"81 % of the processor is busy on server-1\""},
    Key{.section = "test[].alert[]", .name = "no_data", .type = Type::flag,
        .meaning = "Whether it is kept because a target that feeds it is unknown.",
        .example = "true"},
    Key{.section = "test[].alert[]", .name = "count", .type = Type::count, .least = "1",
        .meaning = "How many alerts of the rule are so; by default one or more.",
        .example = "2"},

    Key{.section = "test[].notice[]", .name = "at", .type = Type::duration, .required = true,
        .least = "0s", .most = "1y", .meaning = "When it leaves.", .example = "\"5m\""},
    Key{.section = "test[].notice[]", .name = "to", .required = true,
        .meaning = "The receiver.", .example = "\"on-call\""},
    Key{.section = "test[].notice[]", .name = "is", .type = Type::choice, .required = true,
        .choices = "opened repeated told_again updated severity_rose flapping acknowledged closed "
                "summary", .meaning = "What kind of notice.", .example = "\"opened\""},
    Key{.section = "test[].notice[]", .name = "level", .type = Type::count, .least = "1",
        .most = "100", .meaning = "The level that is told.", .example = "2"},
    Key{.section = "test[].notice[]", .name = "rule", .meaning = "A rule whose alert it shows.",
        .example = "\"CpuHigh\""},
    Key{.section = "test[].notice[]", .name = "severity", .type = Type::choice,
        .choices = "info warning critical", .meaning = "How bad it says it is.",
        .example = "\"critical\""},
    Key{.section = "test[].notice[]", .name = "title", .meaning = "Its one line.",
        .example = "\"81 % of the processor is busy on server-1\""},
};
// clang-format on

}  // namespace

const config::KeyTable& test_keys() {
  static constexpr config::KeyTable kTable(kSections, kKeys);
  return kTable;
}

}  // namespace tocsin::ruletest
