// A notice of a real incident as a receiver would show it; nothing is sent.
#include "receivers/preview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/acknowledge_links.hpp"
#include "app/json.hpp"
#include "app/program.hpp"
#include "app/routes.hpp"
#include "loop/clock.hpp"
#include "receivers/sample_notice.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

http::Response answer_preview(const Surface& surface, const http::Request& request) {
  const std::string& name = request.captures.front();
  const std::string& number = request.captures.back();
  const auto& all = surface.receivers();
  const auto receiver = std::find_if(
      all.begin(), all.end(), [&name](const auto& each) { return each.receiver.name == name; });
  if (receiver == all.end())
    return http::text_response(404, fmt::format("no receiver is called `{}`", printable(name)));
  const auto incident = incident_named(number);
  if (!incident) return http::text_response(400, "an incident is named by its number");
  const Now now = loop::now();
  auto notice = surface.view.engine.notice(*incident, now);
  if (!notice) {
    return http::text_response(
        404, fmt::format("there is no incident {}, or it closed too long ago", printable(number)));
  }
  if (const auto kind = request.parameter("kind"); kind && !kind->empty()) {
    const auto called = receivers::kind_of_word(*kind);
    if (!called)
      return http::text_response(400, fmt::format("no notice is of kind `{}`", printable(*kind)));
    notice->kind = *called;
  }
  Delivery delivery;
  delivery.incident = notice->incident;
  delivery.receiver = name;
  delivery.level = notice->level;
  delivery.action = receivers::usual_action(notice->kind);
  delivery.dedup_key = "DEDUP-KEY";
  // Of a link all but what makes it work.
  const std::string link = surface.links.link_for(*notice, now.wall);
  if (!link.empty())
    notice->acknowledge_url = replaced(link, AcknowledgeLinks::signature_of(link), "SIGNATURE");
  delivery.notice = *std::move(notice);
  boost::json::object out;
  out["receiver"] = text(name);
  out["incident"] = incident->value;
  out["kind"] = text(receivers::kind_word(delivery.notice.kind));
  out["preview"] =
      text(receivers::preview(*receiver, delivery, program_for(surface.control().socket)));
  return http::json_response(200, boost::json::serialize(out) + '\n');
}

}  // namespace tocsin::app
