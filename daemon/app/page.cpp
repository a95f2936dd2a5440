// The status page. Every value goes through escaped(); there is no script in it, and the response's
// policy allows none.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "app/json.hpp"
#include "app/routes.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace {

constexpr std::size_t kAlertsShown = 50;

std::string escaped(std::string_view text) {
  return html_escaped(printable(valid_utf8(text)));
}

struct Cell {
  std::string text;
  std::string_view look = "";  ///< classes of the style sheet
};

class Table {
 public:
  Table(std::string_view title, std::initializer_list<std::string_view> heads)
      : title_(title), heads_(heads) {}

  void row(std::initializer_list<Cell> cells) {
    rows_ += "<tr>";
    // On a phone a row is a list, and its cells need their heads.
    for (std::size_t column = 0; const Cell& cell : cells)
      rows_ += fmt::format("<td class=\"{}\" data-head=\"{}\">{}</td>", cell.look,
                           escaped(heads_.at(column++)), escaped(cell.text));
    rows_ += "</tr>\n";
  }

  /// `none`: said where it has no row; "" leaves it out.
  [[nodiscard]] std::string text(std::string_view none) const {
    if (rows_.empty() && none.empty()) return "";
    std::string out = fmt::format("<h2>{}</h2>\n", escaped(title_));
    if (rows_.empty()) return out + fmt::format("<p>{}</p>\n", escaped(none));
    out += "<table><thead><tr>";
    for (const std::string_view head : heads_) out += fmt::format("<th>{}</th>", escaped(head));
    return out + "</tr></thead><tbody>\n" + rows_ + "</tbody></table>\n";
  }

 private:
  std::string_view title_;
  std::vector<std::string_view> heads_;
  std::string rows_;
};

std::string_view look_of(Severity severity) {
  return severity == Severity::critical ? "bad" : severity == Severity::warning ? "odd" : "";
}

std::string ago(const std::optional<Stamp>& stamp, Now now) {
  return stamp ? humanize_duration(now.boot - stamp->boot) + " ago" : "never";
}

bool fires(const Alert& alert) {
  return alert.state == AlertState::firing || alert.state == AlertState::clearing;
}

/// By whom, or the command with which a person takes it.
Cell in_hand(const Incident& incident) {
  if (incident.acknowledged) return {"by " + incident.acknowledged->by};
  return {fmt::format("tocsin ack {}", incident.id.value), "command"};
}

std::string incidents(const View& view, Now now) {
  const TimeZone& zone = view.engine.config().time_zone;
  Table table("Open incidents",
              {"number", "what", "severity", "impact", "level", "lasts", "acknowledged", "next"});
  for (const Incident* incident : view.engine.incidents()) {
    if (!incident->open()) continue;
    const auto next = view.engine.next_step(*incident, now);
    table.row(
        {{fmt::format("{}", incident->id.value)},
         {incident->group_key},
         {std::string(to_string(incident->severity)), look_of(incident->severity)},
         {std::string(to_string(incident->effective_impact()))},
         {fmt::format("{}", incident->level)},
         {humanize_duration(now.boot - incident->opened.boot)},
         in_hand(*incident),
         {next ? step_words(next->level, next->again, "at " + format_clock(next->at, zone)) : ""}});
  }
  return table.text("None is open.");
}

/// Those that fire before those that may come to.
std::vector<const Alert*> by_urgency(std::vector<const Alert*> alerts) {
  std::stable_sort(alerts.begin(), alerts.end(), [](const Alert* one, const Alert* other) {
    return fires(*one) && !fires(*other);
  });
  return alerts;
}

/// Nothing where there are none: the open incidents have said so.
std::string alerts(const View& view, Now now) {
  const TimeZone& zone = view.engine.config().time_zone;
  const auto all = by_urgency(view.engine.alerts());
  Table table("Alerts", {"rule", "what", "state", "severity", "value", "since", "incident"});
  for (const Alert* alert : std::span(all).first(std::min(all.size(), kAlertsShown))) {
    const NoticeAlert shown = view.engine.shown(*alert);
    table.row({{alert->key.rule},
               {shown.summary, "prose"},
               {std::string(to_string(alert->state)), fires(*alert) ? "bad" : "odd"},
               {std::string(to_string(alert->severity)), look_of(alert->severity)},
               {shown.value},
               {format_moment(alert->since.wall, now.wall, zone)},
               {alert->incident.value > 0 ? fmt::format("{}", alert->incident.value) : ""}});
  }
  std::string out = table.text("");
  if (all.size() > kAlertsShown)
    out += fmt::format("<p>and {} more: `tocsin alerts`</p>\n", all.size() - kAlertsShown);
  return out;
}

std::string targets(const engine::Status& status, Now now) {
  Table table("Targets", {"target", "answer", "reason", "tick", "samples", "took", "every"});
  for (const auto& target : status.targets) {
    const bool bad = target.last_outcome && !target.answered;
    const bool trouble = target.answered && !target.last_detail.empty();
    table.row({{target.name},
               {answer_of(target), bad       ? "bad"
                                   : trouble ? "odd"
                                             : ""},
               {target.last_detail, "prose"},
               {ago(target.last_tick, now)},
               {fmt::format("{}", target.samples)},
               {format_duration(target.took)},
               {format_duration(target.every)}});
  }
  return table.text("None is configured.");
}

/// What there is to say of a rule beside its state.
Cell about(const engine::RuleStatus& rule, Now now, const TimeZone& zone) {
  const auto moment = [&](WallTime at) { return format_moment(at, now.wall, zone); };
  if (!rule.last_error.empty()) return {rule.last_error, "bad prose"};
  if (!rule.last_evaluation) return {"waits for its first samples", "prose"};
  if (rule.warm_at) return {"warming up until " + moment(*rule.warm_at), "prose"};
  if (rule.nothing_since)
    return {"finds no series since " + moment(rule.nothing_since->wall), "odd prose"};
  return {};
}

std::string rules(const View& view, const engine::Status& status, Now now) {
  const TimeZone& zone = view.engine.config().time_zone;
  Table table("Rules", {"rule", "state", "value", "firing", "evaluated", "reason"});
  for (const auto& rule : status.rules) {
    const rule::Rule* const defined = view.engine.config().rule(rule.name);
    const Unit unit = defined != nullptr ? defined->unit : Unit::none;
    const bool bad = rule.worst == AlertState::firing || rule.worst == AlertState::clearing;
    table.row({{rule.name},
               {std::string(to_string(rule.worst)), bad                                 ? "bad"
                                                    : rule.worst == AlertState::pending ? "odd"
                                                                                        : ""},
               {rule.value ? format_quantity(*rule.value, unit) : ""},
               {fmt::format("{}", rule.firing)},
               {ago(rule.last_evaluation, now)},
               about(rule, now, zone)});
  }
  return table.text("None is configured.");
}

std::string when(const engine::MaintenanceStatus& window, Now now, const TimeZone& zone) {
  if (window.in_force && window.ends)
    return "in force until " + format_moment(*window.ends, now.wall, zone);
  if (!window.begins) return "over";
  return (window.ended_early ? "ended early; next " : "next ") +
         format_local(*window.begins, window.zone);
}

/// Nothing where there are none: most hosts have none.
std::string maintenance(const View& view, Now now) {
  Table table("Maintenance", {"window", "when", "recurs", "withholds", "by", "reason"});
  for (const engine::MaintenanceStatus& window : view.engine.maintenance(now))
    table.row({{window.name},
               {when(window, now, view.engine.config().time_zone), window.in_force ? "odd" : ""},
               {window.recurrence.empty() ? "once" : window.recurrence},
               {window.matchers},
               {window.author},
               {window.reason, "prose"}});
  return table.text("");
}

std::string receivers(const engine::Status& status, Now now) {
  Table table("Receivers", {"receiver", "state", "waiting", "last yes", "last error"});
  for (const auto& receiver : status.receivers)
    table.row({{receiver.name},
               {receiver.refuses                    ? "refuses"
                : receiver.consecutive_failures > 0 ? "fails"
                                                    : "well",
                receiver.refuses || receiver.consecutive_failures > 0 ? "bad" : ""},
               {fmt::format("{}", receiver.waiting)},
               {ago(receiver.last_yes, now)},
               {receiver.last_error, "prose"}});
  return table.text("None is configured.");
}

}  // namespace

std::string status_page(const View& view, Now now) {
  const engine::Status status = view.engine.status(now);
  const std::string host = escaped(view.engine.config().host);
  const TimeZone& zone = view.engine.config().time_zone;
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"refresh\" content=\"15\">\n<title>{} · tocsin</title>\n"
      "<link rel=\"stylesheet\" href=\"/style.css\"></head><body>\n<h1>{}</h1>\n"
      "<p>tocsin {}, up for {}; {} open, {} not acknowledged; {} of {}.</p>\n",
      host, host, escaped(kVersion), escaped(humanize_duration(now.boot - view.started.boot)),
      status.open_incidents, status.unacknowledged, escaped(format_clock(now.wall, zone)),
      escaped(format_day(now.wall, zone)));
  if (status.storage_degraded)
    out += fmt::format("<p class=\"bad\">Storage is degraded: {}</p>\n",
                       escaped(status.storage_error));
  if (!view.config.last_ok)
    out += "<p class=\"bad\">The last reload was refused: an older configuration runs.</p>\n";
  out += incidents(view, now);
  out += alerts(view, now);
  out += maintenance(view, now);
  out += targets(status, now);
  out += rules(view, status, now);
  out += receivers(status, now);
  return out + "</body></html>\n";
}

std::string_view status_page_style() {
  return R"(:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 1.5rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #8884; }
th { font-weight: 600; }
.bad { color: #c62828; font-weight: 600; }
.odd { color: #b26a00; }
.command { font-family: ui-monospace, monospace; }
td { white-space: nowrap; }
td.prose { white-space: normal; min-width: 16rem; }
@media (max-width: 40rem) {
  thead { display: none; }
  table, tbody, tr { display: block; }
  tr { border-bottom: 1px solid #8888; padding: .4rem 0; }
  td, td.prose { display: flex; gap: .6rem; border: 0; padding: .1rem 0; min-width: 0;
    white-space: normal; overflow-wrap: anywhere; }
  td::before { content: attr(data-head); flex: 0 0 7.5rem; font-weight: 400; opacity: .7;
    color: CanvasText; font-family: system-ui, sans-serif; }
  td:first-child { font-weight: 600; }
  td:empty { display: none; }
}
@media (prefers-color-scheme: dark) { .bad { color: #ff8a80; } .odd { color: #ffd180; } }
)";
}

}  // namespace tocsin::app
