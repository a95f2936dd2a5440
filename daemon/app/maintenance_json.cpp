#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/json.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

json::value moment(const std::optional<WallTime>& at) {
  return at ? json::value(text(format_rfc3339(*at))) : json::value(nullptr);
}

json::object window(const engine::MaintenanceStatus& status) {
  json::object out;
  out["name"] = text(status.name);
  out["by_hand"] = status.by_hand;
  out["matchers"] = text(status.matchers);
  out["recurrence"] = text(status.recurrence);
  out["zone"] = text(status.zone.name());
  out["reason"] = text(status.reason);
  out["by"] = text(status.author);
  out["in_force"] = status.in_force;
  out["ended_early"] = status.ended_early;
  out["begins"] = moment(status.begins);
  out["local_begins"] = status.begins ? text(format_local(*status.begins, status.zone)) : "";
  out["ends"] = moment(status.ends);
  return out;
}

}  // namespace

json::value maintenance_json(const engine::Engine& engine, Now now) {
  json::array out;
  for (const auto& status : engine.maintenance(now)) out.push_back(window(status));
  return out;
}

}  // namespace tocsin::app
