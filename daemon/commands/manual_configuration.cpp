#include <fmt/format.h>

#include <string>
#include <vector>

#include "app/view.hpp"
#include "commands/manual.hpp"
#include "commands/roff.hpp"
#include "tocsin/config/key_text.hpp"
#include "tocsin/config/metrics.hpp"
#include "tocsin/outbox/notice_template.hpp"

namespace tocsin::commands {

namespace {

using config::Key;
using config::Section;

constexpr std::string_view kFilesDescription = R"roff(
The configuration is TOML: `/etc/tocsin/tocsin.toml`, then `conf.d/*.toml`, then `rules.d/*.toml`
beside it, in the order of their names. A section may be spread over files; a key and a name stand
once. `tocsin check` validates all of it and names every mistake with its place.

`tocsin reload`, `systemctl reload tocsin` or SIGHUP make the daemon take a new configuration. One
with an error in it is refused whole, and the old one goes on.

Maintenance windows name time zones, which are read from `/usr/share/zoneinfo`: on a system that
has none, install tzdata. UTC needs nothing.

`tocsin test` runs rules over the series of a test file. Their values come one a tick, which is the
`every` of the target's source; where neither the test file nor what it loads sets one, it is 1m.

    [packs]
    enable = ["infrastructure", "tocsin"]

    [source.prometheus.api]
    url = "http://127.0.0.1:8000/metrics"

    [receiver.on-call]
    kind        = "pagerduty"
    routing_key = "credential:pagerduty-on-call"
    wakes       = true

    [[policy.default.notify]]
    level = 1
    after = "0s"
    to    = ["on-call"]

    [rule.QueueStuck]
    expr    = 'queue_oldest_seconds'
    above   = "2m"
    summary = "the oldest job has waited {{value}} (threshold {{threshold}})"
)roff";

constexpr std::string_view kMetricsDescription = R"roff(
What each source gives, for rules to be written on; `tocsin config --help source.files` lists those
of one. Every series has the labels job (the name of its section) and instance; `labels` of the
section adds others. A [source.prometheus.NAME] gives what its endpoint serves.
)roff";

void add_key(Roff& page, const Key& key) {
  page.item(key.name, key.meaning);
  std::string facts = fmt::format("Value: {}.", config::type_text(key));
  if (const std::string text = config::default_text(key); !text.empty()) {
    const bool word = key.required || !key.needed_by.empty();
    facts += word ? fmt::format(" It is {}.", text) : fmt::format(" By default `{}`.", text);
  }
  if (const std::string text = config::bounds_text(key); !text.empty())
    facts += fmt::format(" Bounds: {}.", text);
  if (!key.kinds.empty()) facts += fmt::format(" Only of kind {}.", key.kinds);
  page.item_paragraph(facts + fmt::format(" Example: `{} = {}`", key.name, key.example));
}

void add_metric(Roff& page, const config::Metric& metric) {
  const std::vector<std::string> names = config::names_of(metric);
  const std::string labels = config::labels_text(metric);
  page.item(names.front(), fmt::format("{} ({}{})", metric.meaning, config::to_string(metric.kind),
                                       labels.empty() ? "" : "; labels " + labels));
  if (names.size() == 1) return;
  page.item_paragraph(
      fmt::format("Likewise `{}`.", fmt::join(names.begin() + 1, names.end(), "`, `")));
}

void add_section(Roff& page, const Section& section) {
  page.subsection(config::header_text(section));
  page.paragraph(section.meaning);
  if (!section.keys_of.empty()) {
    page.paragraph(fmt::format("It takes the keys of `{}`{}.", config::header_of(section.keys_of),
                               section.many ? " that many rules can share" : ""));
  }
  for (const Key& key : config::keys())
    if (key.section == section.pattern) add_key(page, key);
}

}  // namespace

std::string configuration_manual() {
  Roff page("TOCSIN.TOML", 5, app::kVersionDate, fmt::format("tocsin {}", app::kVersion),
            "File Formats Manual");
  page.section("NAME");
  page.paragraph("tocsin.toml - configuration of tocsin");
  page.section("DESCRIPTION");
  page.prose(kFilesDescription);
  page.section("SECTIONS");
  for (const Section& section : config::sections()) add_section(page, section);
  page.section("METRICS");
  page.prose(kMetricsDescription);
  for (const config::MetricsOf& each : config::metrics()) {
    page.subsection(each.section.empty() ? "Of every target" : config::header_of(each.section));
    for (const config::Metric& metric : each.metrics) add_metric(page, metric);
  }
  page.section("VALUES");
  for (int type = 0; type <= static_cast<int>(config::Type::text_template); ++type) {
    const auto each = static_cast<config::Type>(type);
    page.item(config::to_string(each), fmt::format("{}.", config::form_of(each)));
  }
  page.section("TEMPLATES OF NOTICES");
  page.prose(config::kNoticeTemplates);
  for (const outbox::NoticeField& field : outbox::notice_fields())
    page.item(field.name, fmt::format("{}.", field.meaning));
  page.section("SEE ALSO");
  page.paragraph("`tocsin`(1)");
  return page.text();
}

}  // namespace tocsin::commands
