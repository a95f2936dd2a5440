#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <utility>

#include "app/changes_json.hpp"
#include "app/control_commands.hpp"
#include "app/json.hpp"
#include "app/notes.hpp"
#include "app/routes.hpp"
#include "http/control_client.hpp"
#include "loop/clock.hpp"
#include "loop/log.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

http::Response answered(int status, const json::object& body) {
  return http::json_response(status, json::serialize(body) + '\n');
}

http::Response refused(const Error& error) {
  const int status = error.code == ErrorCode::denied      ? 403
                     : error.code == ErrorCode::not_found ? 404
                                                          : 400;
  json::object body;
  body["accepted"] = false;
  body["text"] = json::string(error.text);
  return answered(status, body);
}

int status_of(const Reply& reply) {
  if (reply.accepted) return 200;
  return reply.unknown ? 404 : 409;
}

json::object json_of_reply(const Reply& reply) {
  json::object body;
  body["accepted"] = reply.accepted;
  body["recorded"] = reply.recorded;
  body["text"] = json::string(reply.text);
  body["number"] = reply.number;
  return body;
}

std::string_view to_text(DeliveryResult result) {
  switch (result) {
    case DeliveryResult::delivered:
      return "delivered";
    case DeliveryResult::retryable:
      return "retryable";
    case DeliveryResult::permanent:
      break;
  }
  return "permanent";
}

using Parse = Result<Command> (*)(const json::object&);

/// The command that the request asks for, with its speaker, or what is wrong with it.
Result<Command> command_of(const Surface& surface, const http::Request& request, Parse parse) {
  const auto body = body_of(request);
  if (!body) return tl::unexpected(body.error());
  auto by = speaker(request, *body, surface.control());
  if (!by) return tl::unexpected(by.error());
  auto command = parse(*body);
  if (!command) return tl::unexpected(command.error());
  command->by = std::move(*by);
  return command;
}

http::Handler commanding(const Surface& surface, Parse parse) {
  return [surface, parse](const http::Request& request, http::Respond respond) {
    auto command = command_of(surface, request, parse);
    if (!command) return respond(refused(command.error()));
    surface.driver.commanded(std::move(*command),
                             [respond = std::move(respond)](const Reply& reply) {
                               respond(answered(status_of(reply), json_of_reply(reply)));
                             });
  };
}

/// A test notice is answered with what its receiver said.
http::Handler testing(const Surface& surface) {
  return [surface](const http::Request& request, http::Respond respond) {
    auto command = command_of(surface, request, test_notice_command);
    if (!command) return respond(refused(command.error()));
    const auto replied = [&driver = surface.driver,
                          respond = std::move(respond)](const Reply& reply) {
      if (!reply.accepted || reply.number == 0)
        return respond(answered(status_of(reply), json_of_reply(reply)));
      driver.await_outcome(DeliveryId(reply.number),
                           [reply, respond](const DeliveryOutcome& outcome) {
                             json::object body = json_of_reply(reply);
                             const std::string_view result = to_text(outcome.result);
                             body["result"] = json::string(result.data(), result.size());
                             body["detail"] = json::string(outcome.detail);
                             respond(answered(200, body));
                           });
    };
    surface.driver.commanded(std::move(*command), replied);
  };
}

http::Handler reloading(const Surface& surface) {
  return [surface](const http::Request& request, http::Respond respond) {
    loop::log::info(fmt::format("reload asked for by {}",
                                request.peer ? printable(request.peer->user) : "nobody known"));
    surface.reload([respond = std::move(respond)](const Reloaded& reloaded) {
      json::object body;
      body["accepted"] = reloaded.ok;
      body["text"] = json::string(reloaded.text);
      body["changes"] = json_of(reloaded.changes);
      body["notes"] = json_of_notes(reloaded.notes);
      respond(answered(reloaded.ok ? 200 : 422, body));
    });
  };
}

http::Handler configured(const Surface& surface) {
  return [surface](const http::Request&, const http::Respond& respond) {
    json::object body;
    body["items"] = json_of(surface.configuration());
    respond(answered(200, body));
  };
}

http::Handler noting(const Surface& surface) {
  return
      [&engine = surface.view.engine](const http::Request& request, const http::Respond& respond) {
        const auto body = body_of(request);
        if (!body) return respond(refused(body.error()));
        const auto notes = answered_notes(*body, engine);
        if (!notes) return respond(refused(notes.error()));
        respond(answered(200, json::object{{"notes", json_of_notes(*notes)}}));
      };
}

using Show = json::value (*)(const View&, Now);

http::Handler showing(const Surface& surface, Show show) {
  return [&view = surface.view, show](const http::Request&, const http::Respond& respond) {
    respond(http::json_response(200, json::serialize(show(view, loop::now())) + '\n'));
  };
}

/// The command line shows clock times as the notices do.
std::vector<http::Route> naming_the_zone(std::vector<http::Route> routes, const View& view) {
  for (http::Route& route : routes) {
    route.handler = [handler = std::move(route.handler), &view](const http::Request& request,
                                                                http::Respond respond) {
      handler(request, [respond = std::move(respond), &view](http::Response response) {
        response.headers.emplace_back(http::kTimeZoneHeader,
                                      printable(view.engine.config().time_zone.name()));
        respond(std::move(response));
      });
    };
  }
  return routes;
}

}  // namespace

std::vector<http::Route> control_routes(const Surface& surface) {
  const Show incidents = [](const View& view, Now now) { return incidents_json(view.engine, now); };
  const Show alerts = [](const View& view, Now) { return alerts_json(view.engine); };
  const Show silences = [](const View& view, Now now) { return silences_json(view.engine, now); };
  const Show changes = [](const View& view, Now) { return changes_json(view.engine); };
  const Show maintenance = [](const View& view, Now now) {
    return maintenance_json(view.engine, now);
  };
  std::vector<http::Route> routes = {
      {"GET", "/status", showing(surface, status_json)},
      {"GET", "/configuration", configured(surface)},
      {"GET", "/incidents", showing(surface, incidents)},
      {"GET", "/incidents/*",
       [surface](const http::Request& request, http::Respond respond) {
         answer_incident(surface, request.captures.front(), std::move(respond));
       }},
      {"GET", "/past",
       [surface](const http::Request& request, http::Respond respond) {
         answer_past(surface, request, std::move(respond));
       }},
      {"GET", "/alerts", showing(surface, alerts)},
      {"GET", "/silences", showing(surface, silences)},
      {"GET", "/maintenance", showing(surface, maintenance)},
      {"GET", "/changes", showing(surface, changes)},
      {"GET", "/preview/*",
       [surface](const http::Request& request, const http::Respond& respond) {
         respond(answer_sample_preview(surface, request));
       }},
      {"GET", "/preview/*/*",
       [surface](const http::Request& request, const http::Respond& respond) {
         respond(answer_preview(surface, request));
       }},
      {"GET", "/query",
       [surface](const http::Request& request, const http::Respond& respond) {
         respond(answer_query(surface, request));
       }},
      {"GET", "/explain/*",
       [surface](const http::Request& request, const http::Respond& respond) {
         respond(answer_explain(surface, request.captures.front()));
       }},
      {"GET", "/metrics",
       [surface](const http::Request& request, http::Respond respond) {
         answer_metrics(surface, request.header("accept"), std::move(respond));
       }},
      {"POST", "/ack", commanding(surface, acknowledge_command)},
      {"POST", "/unack", commanding(surface, unacknowledge_command)},
      {"POST", "/silence", commanding(surface, silence_command)},
      {"POST", "/unsilence", commanding(surface, end_silence_command)},
      {"POST", "/maintenance", commanding(surface, maintenance_command)},
      {"POST", "/end-maintenance", commanding(surface, end_maintenance_command)},
      {"POST", "/assess", commanding(surface, assess_command)},
      {"POST", "/drill", commanding(surface, drill_command)},
      {"POST", "/end-drill", commanding(surface, end_drill_command)},
      {"POST", "/accept", commanding(surface, accept_command)},
      {"POST", "/learn", commanding(surface, learn_command)},
      {"POST", "/change", commanding(surface, change_command)},
      {"POST", "/notify-test", testing(surface)},
      {"POST", "/beat/*",
       [surface](const http::Request& request, http::Respond respond) {
         take_beat(surface, request, std::move(respond));
       }},
      {"POST", "/beat/*/*",
       [surface](const http::Request& request, http::Respond respond) {
         take_beat(surface, request, std::move(respond));
       }},
      {"POST", "/reload", reloading(surface)},
      {"POST", "/notes", noting(surface)},
  };
  return naming_the_zone(std::move(routes), surface.view);
}

}  // namespace tocsin::app
