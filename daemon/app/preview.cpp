// A notice as a receiver would show it, of a real incident or of an invented one; nothing is sent.
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
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace {

using Definitions = std::vector<config::ReceiverDefinition>;

Definitions::const_iterator receiver_named(const Definitions& all, const std::string& name) {
  return std::find_if(all.begin(), all.end(),
                      [&name](const auto& each) { return each.receiver.name == name; });
}

http::Response unknown_receiver(const Definitions& all, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& each : all) names.push_back(each.receiver.name);
  return http::text_response(404, nothing_called("receiver", name, names));
}

http::Response unknown_kind(std::string_view kind) {
  return http::text_response(400, fmt::format("no notice is of kind `{}`", printable(kind)));
}

/// Of a link all but what makes it work.
std::string shown_link(const Surface& surface, const Notice& notice) {
  const std::string link = surface.links.link_for(notice, loop::now().wall);
  return link.empty() ? "" : replaced(link, AcknowledgeLinks::signature_of(link), "SIGNATURE");
}

boost::json::object preview_json(const Surface& surface, const config::ReceiverDefinition& receiver,
                                 const Delivery& delivery) {
  boost::json::object out;
  out["receiver"] = text(delivery.receiver);
  out["kind"] = text(receivers::kind_word(delivery.notice.kind));
  out["preview"] =
      text(receivers::preview(receiver, delivery, program_for(surface.control().socket)));
  return out;
}

}  // namespace

http::Response answer_sample_preview(const Surface& surface, const http::Request& request) {
  const std::string& name = request.captures.front();
  const auto receiver = receiver_named(surface.receivers(), name);
  if (receiver == surface.receivers().end()) return unknown_receiver(surface.receivers(), name);
  const std::string_view wanted = request.parameter("kind").value_or("opened");
  const auto kind = receivers::kind_of_word(wanted);
  if (!kind) return unknown_kind(wanted);
  const auto alerts = parse_number(request.parameter("alerts").value_or("1"));
  if (!alerts || !(*alerts >= 1 && *alerts <= 100'000))
    return http::text_response(400, "between 1 and 100000 alerts are shown");
  Delivery sample = receivers::sample_notice(*kind, static_cast<std::size_t>(*alerts));
  sample.receiver = name;
  sample.notice.acknowledge_url = shown_link(surface, sample.notice);
  return http::json_response(
      200, boost::json::serialize(preview_json(surface, *receiver, sample)) + '\n');
}

http::Response answer_preview(const Surface& surface, const http::Request& request) {
  const std::string& name = request.captures.front();
  const std::string& number = request.captures.back();
  const auto receiver = receiver_named(surface.receivers(), name);
  if (receiver == surface.receivers().end()) return unknown_receiver(surface.receivers(), name);
  const auto incident = incident_named(number);
  if (!incident) return http::text_response(400, "an incident is named by its number");
  auto notice = surface.view.engine.notice(*incident, loop::now());
  if (!notice) {
    return http::text_response(
        404, fmt::format("there is no incident {}, or it closed too long ago", printable(number)));
  }
  if (const auto kind = request.parameter("kind"); kind && !kind->empty()) {
    const auto called = receivers::kind_of_word(*kind);
    if (!called) return unknown_kind(*kind);
    notice->kind = *called;
  }
  Delivery delivery;
  delivery.incident = notice->incident;
  delivery.receiver = name;
  delivery.level = notice->level;
  delivery.action = receivers::usual_action(notice->kind);
  delivery.dedup_key = "DEDUP-KEY";
  notice->acknowledge_url = shown_link(surface, *notice);
  delivery.notice = *std::move(notice);
  boost::json::object out = preview_json(surface, *receiver, delivery);
  out["incident"] = incident->value;
  return http::json_response(200, boost::json::serialize(out) + '\n');
}

}  // namespace tocsin::app
