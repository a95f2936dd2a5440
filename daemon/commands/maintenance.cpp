#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/table.hpp"
#include "tocsin/base/text.hpp"
#include "toml/zones.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

/// RFC 3339 of "2026-12-01 22:00" in the zone, or of RFC 3339 itself.
Result<std::string> moment_in(const std::string& text, const std::string& zone_name) {
  if (const auto exact = parse_rfc3339(text)) return format_rfc3339(*exact);
  const auto zone = toml::read_zone(zone_name);
  if (!zone) return tl::unexpected(zone.error());
  const bool minutes_only = text.size() == 16 && (text[10] == ' ' || text[10] == 'T');
  const auto shown = parse_rfc3339(minutes_only ? text + ":00Z" : "");
  if (!shown)
    return fail(ErrorCode::invalid,
                fmt::format("\"{}\" is no time: write it like \"2026-12-01 22:00\" (in --zone, by "
                            "default UTC) or 2026-12-01T22:00:00+01:00",
                            text));
  return format_rfc3339(zone->first(LocalTime(shown->time_since_epoch())));
}

std::string when(const json::value& one) {
  const std::string begins = text_of(one, "local_begins");
  const std::string until = moment_of(text_of(one, "ends"));
  if (flag_of(one, "in_force")) return "in force until " + until;
  if (begins.empty()) return "over";
  return flag_of(one, "ended_early") ? "ended early; next " + begins : "next " + begins;
}

}  // namespace

int maintenance(const Common& common) {
  const auto answer = get(common, "/maintenance");
  if (!answer) return unreached(answer.error());
  if (answer->status != 200 || !answer->body.is_array()) return refused(*answer);
  Table table({"NAME", "WHEN", "RECURS", "MATCHERS", "BY", "REASON"});
  for (const json::value& one : answer->body.get_array())
    table.add({{text_of(one, "name")},
               {when(one), flag_of(one, "in_force") ? Look::bold : Look::plain},
               {text_of(one, "recurrence")},
               {text_of(one, "matchers")},
               {text_of(one, "by")},
               {text_of(one, "reason")}});
  if (common.json) {
    print_json(answer->body);
  } else if (table.empty()) {
    fmt::print("there is no maintenance window\n");
  } else {
    FittedTables shown(common.wide);
    shown.print(table);
    shown.print_note();
  }
  return well;
}

int start_maintenance(const Common& common, const Maintenance& what) {
  json::object body;
  body["matchers"] = json::string(what.matchers);
  body["for"] = json::string(what.lasts);
  body["reason"] = json::string(what.reason);
  if (!what.at.empty()) {
    const auto at = moment_in(what.at, what.zone);
    if (!at) {
      fmt::print(stderr, "tocsin: {}\n", printable(at.error().text));
      return usage_or_configuration;
    }
    body["at"] = json::string(*at);
  }
  return say(common, "/maintenance", std::move(body));
}

int end_maintenance(const Common& common, const std::string& which) {
  json::object body;
  body["which"] = json::string(which);
  return say(common, "/end-maintenance", std::move(body));
}

}  // namespace tocsin::commands
