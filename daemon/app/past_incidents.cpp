// Incidents that storage still knows of, for `tocsin report`: when they opened and closed, who was
// told when, who acknowledged first.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/json.hpp"
#include "app/routes.hpp"
#include "loop/clock.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

json::object past_json(const storage::PastStory& story) {
  const Incident& incident = story.incident;
  json::object out;
  out["id"] = incident.id.value;
  out["group"] = text(incident.group_key);
  out["policy"] = text(incident.policy);
  out["worst_severity"] = text(to_string(incident.worst_severity));
  out["level"] = incident.level;
  out["opened"] = text(format_rfc3339(incident.opened.wall));
  out["closed"] = incident.closed ? json::value(text(format_rfc3339(incident.closed->wall)))
                                  : json::value(nullptr);
  out["drill"] = incident.drill;
  out["within_storm"] = static_cast<bool>(incident.storm_of);
  out["first_acknowledged"] = nullptr;
  json::array rings;
  for (const TimelineEntry& line : story.lines) {
    const json::string at = text(format_rfc3339(line.at.wall));
    if (line.kind == TimelineKind::acknowledged) {
      if (out["first_acknowledged"].is_null()) out["first_acknowledged"] = at;
      continue;
    }
    for (const std::string& name : line.told)
      rings.push_back(json::object{
          {"at", at},
          {"receiver", text(name)},
          {"wakes", std::find(line.woke.begin(), line.woke.end(), name) != line.woke.end()}});
  }
  out["rings"] = std::move(rings);
  return out;
}

}  // namespace

void answer_past(const Surface& surface, const http::Request& request, http::Respond respond) {
  const auto since = parse_rfc3339(request.parameter("since").value_or(""));
  if (!since) return respond(http::text_response(400, "`since` must be a time (RFC 3339)"));
  const config::EngineConfig& config = surface.view.engine.config();
  surface.storage.past(*since, [host = config.host,
                                respond = std::move(respond)](const Result<storage::Past>& past) {
    if (!past) return respond(http::text_response(503, past.error().text));
    json::object out;
    out["host"] = text(host);
    out["complete"] = !past->cut;
    out["unwritten"] = past->unwritten;
    json::array incidents;
    for (const storage::PastStory& story : past->stories) incidents.push_back(past_json(story));
    out["incidents"] = std::move(incidents);
    respond(http::json_response(200, json::serialize(out) + '\n'));
  });
}

}  // namespace tocsin::app
