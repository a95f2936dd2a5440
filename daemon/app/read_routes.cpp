#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <memory>
#include <utility>

#include "app/acknowledge_links.hpp"
#include "app/json.hpp"
#include "app/own_metrics.hpp"
#include "app/routes.hpp"
#include "http/exposition.hpp"
#include "loop/clock.hpp"

namespace tocsin::app {

namespace {

http::Response html(std::string body) {
  http::Response response;
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Content-Security-Policy",
                       "default-src 'none'; style-src 'self'; base-uri 'none'; "
                       "form-action 'none'; frame-ancestors 'none'"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

http::Response style() {
  http::Response response;
  response.content_type = "text/css; charset=utf-8";
  response.headers = {{"Cache-Control", "max-age=3600"}};
  response.body = status_page_style();
  return response;
}

std::string line(const boost::json::value& value) {
  return boost::json::serialize(value) + '\n';
}

}  // namespace

void answer_metrics(const Surface& surface, const std::string& accept, http::Respond respond) {
  const ExpositionFormat format = http::negotiate(accept);
  const View& view = surface.view;
  surface.host_metrics([&view, format, respond = std::move(respond)](const std::string& host) {
    const bool openmetrics = format == ExpositionFormat::openmetrics;
    http::Response response;
    response.content_type = http::content_type(format);
    response.body = openmetrics ? http::openmetrics_from_text(host) : host;
    const Now now = loop::now();
    response.body += http::render(own_metrics(view, now), format);
    response.body += http::render(record_metrics(view.engine, now), format);
    if (openmetrics) response.body += http::kOpenMetricsEnd;
    respond(std::move(response));
  });
}

void answer_incident(const Surface& surface, const std::string& id, http::Respond respond) {
  const auto named = incident_named(id);
  if (!named) return respond(http::text_response(400, "an incident is named by its number"));
  const IncidentId incident = *named;
  const engine::Engine& engine = surface.view.engine;
  surface.storage.timeline(
      incident, [&engine, incident, respond = std::move(respond)](const storage::Story& story) {
        const Incident* const known = engine.incident(incident);
        if (known == nullptr && story.lines.empty() && !story.lacking.empty())
          return respond(http::text_response(503, story.lacking));
        if (known == nullptr && story.lines.empty())
          return respond(
              http::text_response(404, fmt::format("there is no incident {}", incident.value)));
        boost::json::object out;
        if (known != nullptr) out = json_of(*known, engine, loop::now()).as_object();
        out["id"] = incident.value;
        boost::json::array timeline;
        for (const TimelineEntry& entry : story.lines) timeline.push_back(json_of(entry));
        out["timeline"] = std::move(timeline);
        if (!story.lacking.empty()) out["timeline_lacks"] = text(story.lacking);
        respond(http::json_response(200, line(out)));
      });
}

std::vector<http::Route> read_routes(const Surface& surface) {
  std::vector<http::Route> routes;
  const auto get = [&routes](std::string path, http::Handler handler) {
    routes.push_back({"GET", std::move(path), std::move(handler)});
  };
  get("/", [surface](const http::Request&, const http::Respond& respond) {
    respond(html(status_page(surface.view, loop::now())));
  });
  get("/style.css", [](const http::Request&, const http::Respond& respond) { respond(style()); });
  get("/-/healthy", [](const http::Request&, const http::Respond& respond) {
    respond(http::text_response(200, "tocsin is healthy"));
  });
  get("/-/ready", [surface](const http::Request&, const http::Respond& respond) {
    respond(surface.ready() ? http::text_response(200, "tocsin is ready")
                            : http::text_response(503, "tocsin is not ready"));
  });
  get("/metrics", [surface](const http::Request& request, http::Respond respond) {
    answer_metrics(surface, request.header("accept"), std::move(respond));
  });
  get("/api/v1/status/buildinfo",
      [](const http::Request&, const http::Respond& respond) { respond(answer_build_info()); });
  const http::Handler query = [surface](const http::Request& request,
                                        const http::Respond& respond) {
    respond(answer_promql(surface, request));
  };
  get("/api/v1/query", query);
  // Grafana sends its queries as forms; a query changes nothing whichever way it comes.
  routes.push_back({"POST", "/api/v1/query", query});
  const http::Handler range = [surface](const http::Request& request,
                                        const http::Respond& respond) {
    respond(answer_promql_range(surface, request));
  };
  get("/api/v1/query_range", range);
  routes.push_back({"POST", "/api/v1/query_range", range});
  get("/api/v1/explain/*", [surface](const http::Request& request, const http::Respond& respond) {
    respond(answer_explain(surface, request.captures.front()));
  });
  get("/api/v1/incidents", [surface](const http::Request&, const http::Respond& respond) {
    respond(http::json_response(200, line(incidents_json(surface.view.engine, loop::now()))));
  });
  get("/api/v1/incidents/*", [surface](const http::Request& request, http::Respond respond) {
    answer_incident(surface, request.captures.front(), std::move(respond));
  });
  // What changes something: a job's own word, by its token; a person's, by a signed link.
  const http::Handler beat = [surface](const http::Request& request, http::Respond respond) {
    take_beat(surface, request, std::move(respond));
  };
  routes.push_back({"POST", "/beat/*", beat});
  routes.push_back({"POST", "/beat/*/*", beat});
  if (surface.links.offered()) {
    get("/ack/*", [surface](const http::Request& request, const http::Respond& respond) {
      show_acknowledging(surface, request, respond);
    });
    routes.push_back(
        {"POST", "/ack/*", [surface](const http::Request& request, http::Respond respond) {
           take_acknowledging(surface, request, std::move(respond));
         }});
  }
  return routes;
}

}  // namespace tocsin::app
