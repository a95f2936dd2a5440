// What a link that acknowledges leads to: GET shows, and changes nothing, because mail scanners and
// chat previews follow links too; POST with a name acknowledges.
#include <fmt/format.h>

#include <utility>

#include "app/acknowledge_links.hpp"
#include "app/acknowledge_page.hpp"
#include "app/routes.hpp"
#include "loop/clock.hpp"
#include "loop/signing.hpp"
#include "receivers/base64.hpp"
#include "receivers/wording.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace {

constexpr std::size_t kNameMost = 60;

http::Response page_response(int status, std::string page) {
  static const std::string policy = [] {
    const Result<std::string> hash = loop::sha256(acknowledge_style());
    return fmt::format(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'",
        hash ? receivers::base64(*hash) : "");
  }();
  http::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Content-Security-Policy", policy},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cache-Control", "no-store"},
                      {"X-Frame-Options", "DENY"},
                      {"X-Robots-Tag", "noindex"}};
  response.body = std::move(page);
  return response;
}

http::Response said(int status, std::string_view heading, std::string_view text,
                    const Notice* notice = nullptr) {
  return page_response(status, acknowledge_said(heading, text, notice));
}

struct Found {
  IncidentId incident;
  Notice notice;
  Duration lasts{};
};

/// The incident that the link is for, where it is still to be acknowledged; else what to say. A
/// page that only shows says so with 200.
tl::expected<Found, http::Response> found(const Surface& surface, const http::Request& request) {
  const Now now = loop::now();
  const bool shows = request.method != "POST";
  const auto refused = [](http::Response response) {
    return tl::unexpected<http::Response>(std::move(response));
  };
  const auto link = surface.links.read(request.captures.front(), now.wall);
  if (!link) {
    return refused(
        said(403, "This link does not work",
             "It is cut off or changed, or comes from another tocsin. Open it once more "
             "from the notice, whole. On the host, `tocsin incidents` says what is open and "
             "`tocsin ack NUMBER` acknowledges."));
  }
  if (link->expired) {
    return refused(said(410, "This link has expired",
                        fmt::format("Use the link of the newest notice, or acknowledge on the "
                                    "host: tocsin ack {}",
                                    link->incident.value)));
  }
  const engine::Engine& engine = surface.view.engine;
  const Incident* const incident = engine.incident(link->incident);
  const auto notice = engine.notice(link->incident, now);
  // An opening may move back (an older incident joins a storm, a boot with a clock that is behind),
  // never forward: a later one is of another incident, to which the number was given again.
  if (incident == nullptr || !notice ||
      std::chrono::floor<seconds>(incident->opened.wall) > link->opened) {
    return refused(said(410, "This link fits no incident",
                        fmt::format("The incident {} that it was made for is not known here any "
                                    "more. Use the link of the newest notice; on the host, "
                                    "`tocsin incidents` says what is open.",
                                    link->incident.value)));
  }
  const int conflict = shows ? 200 : 409;
  if (!incident->open()) {
    return refused(
        said(conflict, "It is closed",
             fmt::format("Incident {} closed at {}: {}.", link->incident.value,
                         format_moment(incident->closed->wall, now.wall, engine.config().time_zone),
                         incident->close_reason),
             &*notice));
  }
  const Incident* const storm = engine.incident(incident->storm_of);
  if (storm != nullptr && storm->open()) {
    return refused(
        said(conflict, "It is told within another incident",
             fmt::format("Incident {} is part of incident {}, and is acknowledged with "
                         "it: use the link of that notice, or on the host: tocsin ack {}",
                         link->incident.value, storm->id.value, storm->id.value),
             &*notice));
  }
  if (incident->acknowledged) {
    return refused(said(
        conflict, "Somebody has it in hand already",
        fmt::format("{}, until {}.", incident->acknowledged->by,
                    format_moment(incident->acknowledged->at.wall + incident->acknowledged->lasts,
                                  now.wall, engine.config().time_zone)),
        &*notice));
  }
  return Found{link->incident, *notice, engine.acknowledgement_lasts(link->incident)};
}

std::string name_in(const http::Request& request) {
  const auto form = http::parse_form(request.body);
  if (!form) return "";
  for (const auto& [field, value] : *form)
    if (field == "name" && shows_something(value))
      return shortened(printable(valid_utf8(trim(value))), kNameMost);
  return "";
}

}  // namespace

void show_acknowledging(const Surface& surface, const http::Request& request,
                        const http::Respond& respond) {
  const auto open = found(surface, request);
  if (!open) return respond(open.error());
  respond(page_response(200, acknowledge_form(open->notice, open->lasts)));
}

void take_acknowledging(const Surface& surface, const http::Request& request,
                        http::Respond respond) {
  const auto open = found(surface, request);
  if (!open) return respond(open.error());
  const std::string name = name_in(request);
  if (name.empty()) {
    return respond(page_response(
        400, acknowledge_form(open->notice, open->lasts, "A name is needed: who has it in hand?")));
  }
  Command command;
  command.by = name + " (by link)";
  command.what = AcknowledgeCommand{open->incident, std::nullopt, ""};
  surface.driver.commanded(std::move(command), [&engine = surface.view.engine, id = open->incident,
                                                name,
                                                respond = std::move(respond)](const Reply& reply) {
    const auto notice = engine.notice(id, loop::now());
    const Notice* const now = notice ? &*notice : nullptr;
    if (!reply.accepted) return respond(said(409, "Not acknowledged", reply.text + ".", now));
    respond(said(200, fmt::format("{}, you have it in hand", name),
                 reply.recorded ? "You can close this page."
                                : "It is done, but not recorded: a crash of tocsin may forget it.",
                 now));
  });
}

}  // namespace tocsin::app
