// What a receiver would be sent, of the configuration or of the daemon that runs: nothing is sent.
#include "receivers/preview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <cstdio>

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

/// Of a real incident, or of an invented one where `incident` is none.
int preview_of_daemon(const Common& common, const NoticePreview& what) {
  std::string target = "/preview/" + http::url_encoded(what.receiver);
  if (what.incident) {
    target += fmt::format("/{}?kind={}", *what.incident, what.kind.value_or(""));
  } else {
    target += fmt::format("?kind={}&alerts={}", what.kind.value_or("opened"), what.alerts);
  }
  const auto answer = get(common, target);
  if (!answer) return unreached(answer.error());
  if (answer->status != 200) {
    const int status = refused(*answer);
    return what.incident ? status : usage_or_configuration;
  }
  if (common.json) {
    print_json(answer->body);
  } else {
    fmt::print("{}", text_of(answer->body, "preview"));
  }
  return well;
}

/// What is shown may never be sent there.
std::string never_told(const outbox::Receiver& receiver, NoticeKind kind) {
  if (kind == NoticeKind::summary && receiver.by_key)
    return "it is told of each incident by its key, and never of a summary";
  if (kind == NoticeKind::change && !receiver.changes)
    return "it is told of changes only with `changes = true`";
  return "";
}

}  // namespace

int preview_notice(const Common& common, const NoticePreview& what) {
  // Who says which daemon, and no configuration, means that of the daemon.
  const bool of_daemon = common.socket && common.folder == Common().folder && !what.embedded;
  if (what.incident || of_daemon) return preview_of_daemon(common, what);
  app::RunOptions options;
  options.folder = common.folder;
  options.embedded = what.embedded;
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
    return mistaken(nothing_called("receiver", what.receiver, names));
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
    std::fflush(stdout);
    if (const std::string never = never_told(found->receiver, *kind); !never.empty())
      fmt::print(stderr, "note: {} is not sent this: {}\n", printable(what.receiver), never);
  }
  return well;
}

}  // namespace tocsin::commands
