// What is served where: the read-only listener and the control socket. Handlers look at the View
// and ask the driver; they never change anything but through a command.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/view.hpp"
#include "http/router.hpp"
#include "tocsin/base/ids.hpp"
#include "tocsin/config/difference.hpp"

namespace tocsin::sources {
class Jobs;
}

namespace tocsin::app {

struct Reloaded {
  bool ok = false;
  std::string text;  ///< about the files, errors and warnings, what changed, and the notes
  config::Difference changes;
  std::vector<std::string> notes;  ///< on new expressions that find no series (app/notes.hpp)
};

class AcknowledgeLinks;

struct Surface {
  const View& view;
  Driver& driver;
  storage::Storage& storage;
  sources::Jobs& jobs;
  const AcknowledgeLinks& links;
  /// The host's metrics as text 0.0.4, read afresh at most once a second; "" where the host is not
  /// watched.
  std::function<void(std::function<void(std::string)>)> host_metrics;
  /// Reads the configuration again; answers when it runs or is refused.
  std::function<void(std::function<void(const Reloaded&)>)> reload;
  std::function<const config::Control&()> control;
  std::function<const std::vector<config::ReceiverDefinition>&()> receivers;
  std::function<config::Description()> configuration;
  std::function<bool()> ready;
};

/// For the TCP listener: what changes something takes a secret, a job's token or a signed link.
[[nodiscard]] std::vector<http::Route> read_routes(const Surface& surface);
/// For the control socket.
[[nodiscard]] std::vector<http::Route> control_routes(const Surface& surface);

/// tocsin's own metrics and the host's, in the format that `accept` asks for.
void answer_metrics(const Surface& surface, const std::string& accept, http::Respond respond);
/// One incident with its timeline, read from storage.
void answer_incident(const Surface& surface, const std::string& id, http::Respond respond);
/// Incidents that opened from `?since=` on, closed ones too, as far as storage keeps them.
void answer_past(const Surface& surface, const http::Request& request, http::Respond respond);
/// The part of Prometheus's API that evaluates: at one time, or step by step.
[[nodiscard]] http::Response answer_promql(const Surface& surface, const http::Request& request);
[[nodiscard]] http::Response answer_promql_range(const Surface& surface,
                                                 const http::Request& request);
[[nodiscard]] http::Response answer_build_info();
/// `?expr=` evaluated now, or from `start` to `end` by `step`: for `tocsin query`. Beside an empty
/// `result` stand `notes` on selectors that match no series (app/notes.hpp).
[[nodiscard]] http::Response answer_query(const Surface& surface, const http::Request& request);

/// What a job reports. Over the control socket whoever reaches it may, over TCP who has its token.
void take_beat(const Surface& surface, const http::Request& request, http::Respond respond);

/// The page of a link that acknowledges, by GET; a person's press of its button, by POST.
void show_acknowledging(const Surface& surface, const http::Request& request,
                        const http::Respond& respond);
void take_acknowledging(const Surface& surface, const http::Request& request,
                        http::Respond respond);

/// What a receiver would be sent of an incident now: `?kind=` for another kind of notice.
[[nodiscard]] http::Response answer_preview(const Surface& surface, const http::Request& request);
[[nodiscard]] http::Response answer_sample_preview(const Surface& surface,
                                                   const http::Request& request);

/// Why a rule's alerts are as they are: its expression taken apart, `notes` on selectors that match
/// no series (app/notes.hpp), its alerts, what comes next.
[[nodiscard]] http::Response answer_explain(const Surface& surface, const std::string& rule);

/// The status page: one HTML document, without scripts, everything escaped.
[[nodiscard]] std::string status_page(const View& view, Now now);
[[nodiscard]] std::string_view status_page_style();

}  // namespace tocsin::app
