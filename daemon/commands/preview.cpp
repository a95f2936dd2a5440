// What a receiver of the configuration would be sent: no daemon is asked and nothing is sent.
#include "receivers/preview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "commands/ask.hpp"
#include "http/control_client.hpp"
#include "receivers/sample_notice.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

int mistaken(const std::string& what) {
  fmt::print(stderr, "tocsin: {}\n", what);
  return usage_or_configuration;
}

}  // namespace

/// Of a real incident: the daemon knows what is in it.
int preview_incident(const Common& common, const NoticePreview& what) {
  const auto answer =
      get(common, fmt::format("/preview/{}/{}?kind={}", http::url_encoded(what.receiver),
                              *what.incident, http::url_encoded(what.kind.value_or(""))));
  if (!answer) return unreached(answer.error());
  if (answer->status != 200) return refused(*answer);
  if (common.json) {
    print_json(answer->body);
  } else {
    fmt::print("{}", text_of(answer->body, "preview"));
  }
  return well;
}

int preview_notice(const Common& common, const NoticePreview& what) {
  if (what.incident) return preview_incident(common, what);
  app::RunOptions options;
  options.folder = common.folder;
  const app::Configuration read = app::load_configuration(options);
  if (!read.config) {
    fmt::print(stderr, "{}\n", config::render(read.diagnostics));
    return usage_or_configuration;
  }
  const auto& all = read.config->receivers;
  const auto found = std::find_if(all.begin(), all.end(), [&what](const auto& each) {
    return each.receiver.name == what.receiver;
  });
  if (found == all.end()) {
    std::vector<std::string> names;
    for (const auto& each : all) names.push_back(each.receiver.name);
    const std::string near = nearest(what.receiver, names);
    return mistaken(fmt::format("no receiver is called `{}`{}", printable(what.receiver),
                                near.empty() ? "" : ": did you mean `" + near + "`?"));
  }
  const std::string wanted = what.kind.value_or("opened");
  const auto kind = receivers::kind_of_word(wanted);
  if (!kind) return mistaken(fmt::format("no notice is of kind `{}`", printable(wanted)));
  Delivery sample = receivers::sample_notice(*kind, what.alerts);
  sample.receiver = what.receiver;
  const std::string& external = read.config->listen.external_url;
  if (!external.empty() && !receivers::acknowledge_command(sample.notice).empty())
    sample.notice.acknowledge_url = external + "/ack/17.1773457320.1773543720.SIGNATURE";
  const std::string text = receivers::preview(*found, sample);
  if (common.json) {
    print_json(
        boost::json::object{{"receiver", what.receiver}, {"kind", wanted}, {"preview", text}});
  } else {
    fmt::print("{}", text);
  }
  return well;
}

}  // namespace tocsin::commands
