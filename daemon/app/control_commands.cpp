#include "app/control_commands.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <initializer_list>

#include "tocsin/base/text.hpp"
#include "tocsin/model/matcher.hpp"
#include "tocsin/model/silence.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestText = 2000;

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}

Result<std::string> text_member(const json::object& body, std::string_view name, bool required) {
  const json::value* const member = body.if_contains({name.data(), name.size()});
  if (member == nullptr) {
    if (required) return fail(ErrorCode::invalid, fmt::format("`{}` is missing", name));
    return std::string();
  }
  if (!member->is_string())
    return fail(ErrorCode::invalid, fmt::format("`{}` must be a text", name));
  const std::string text = valid_utf8(trim(view(member->get_string())));
  if (required && text.empty())
    return fail(ErrorCode::invalid, fmt::format("`{}` must not be empty", name));
  if (text.size() > kLongestText)
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is longer than {} bytes", name, kLongestText));
  return text;
}

Result<std::uint64_t> number_member(const json::object& body, std::string_view name) {
  const json::value* const member = body.if_contains({name.data(), name.size()});
  if (member == nullptr) return fail(ErrorCode::invalid, fmt::format("`{}` is missing", name));
  const bool whole = member->is_uint64() || (member->is_int64() && member->get_int64() > 0);
  const std::uint64_t number = whole ? member->to_number<std::uint64_t>() : 0;
  if (number == 0)
    return fail(ErrorCode::invalid, fmt::format("`{}` must be a number from 1 on", name));
  return number;
}

Result<Duration> duration_member(const json::object& body, std::string_view name) {
  const auto text = text_member(body, name, true);
  if (!text) return tl::unexpected(text.error());
  const auto duration = parse_duration(*text);
  if (!duration) return tl::unexpected(duration.error().within(name));
  if (*duration <= Duration::zero())
    return fail(ErrorCode::invalid, fmt::format("`{}` must be longer than nothing", name));
  return *duration;
}

Result<void> only(const json::object& body, std::initializer_list<std::string_view> known) {
  for (const auto& member : body) {
    const std::string_view name(member.key().data(), member.key().size());
    if (name != "by" && std::find(known.begin(), known.end(), name) == known.end())
      return fail(ErrorCode::invalid, fmt::format("`{}` means nothing here", printable(name)));
  }
  return {};
}

/// What a silence and a maintenance window both must say.
Result<SilenceCommand> withheld_by(const json::object& body, std::string_view noun) {
  const auto matchers = text_member(body, "matchers", true);
  if (!matchers) return tl::unexpected(matchers.error());
  const auto parsed = Matchers::parse(*matchers);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->empty())
    return fail(ErrorCode::invalid, fmt::format("{} must name at least one matcher", noun));
  const auto lasts = duration_member(body, "for");
  if (!lasts) return tl::unexpected(lasts.error());
  const auto reason = text_member(body, "reason", true);
  if (!reason) return tl::unexpected(reason.error());
  return SilenceCommand{*matchers, *lasts, *reason};
}

template <class What>
Command command(What what) {
  Command out;
  out.what = std::move(what);
  return out;
}

}  // namespace

Result<json::object> body_of(const http::Request& request) {
  if (trim(request.body).empty()) return json::object();
  boost::system::error_code error;
  json::value parsed = json::parse(request.body, error);
  if (error) return fail(ErrorCode::invalid, "the body is no JSON: " + error.message());
  if (!parsed.is_object()) return fail(ErrorCode::invalid, "the body must be a JSON object");
  return std::move(parsed.get_object());
}

Result<std::string> speaker(const http::Request& request, const json::object& body,
                            const config::Control& control) {
  if (!request.peer) return fail(ErrorCode::denied, "nobody is known to speak here");
  const auto by = text_member(body, "by", false);
  if (!by) return tl::unexpected(by.error());
  const http::Peer& peer = *request.peer;
  if (by->empty() || *by == peer.user) return peer.user;
  const auto& allowed = control.may_speak_for_others;
  const bool may = peer.uid == 0 || peer.uid == geteuid() ||
                   std::find(allowed.begin(), allowed.end(), peer.user) != allowed.end();
  if (!may) return fail(ErrorCode::denied, fmt::format("{} may not speak for others", peer.user));
  return shortened(printable(*by), kLongestName);
}

Result<Command> acknowledge_command(const json::object& body) {
  if (auto known = only(body, {"incident", "for", "note"}); !known)
    return tl::unexpected(known.error());
  AcknowledgeCommand what;
  const auto incident = number_member(body, "incident");
  if (!incident) return tl::unexpected(incident.error());
  what.incident = IncidentId(*incident);
  if (body.contains("for")) {
    const auto lasts = duration_member(body, "for");
    if (!lasts) return tl::unexpected(lasts.error());
    what.lasts = *lasts;
  }
  const auto note = text_member(body, "note", false);
  if (!note) return tl::unexpected(note.error());
  what.note = *note;
  return command(std::move(what));
}

Result<Command> unacknowledge_command(const json::object& body) {
  if (auto known = only(body, {"incident"}); !known) return tl::unexpected(known.error());
  const auto incident = number_member(body, "incident");
  if (!incident) return tl::unexpected(incident.error());
  return command(UnacknowledgeCommand{IncidentId(*incident)});
}

Result<Command> silence_command(const json::object& body) {
  if (auto known = only(body, {"matchers", "for", "reason"}); !known)
    return tl::unexpected(known.error());
  auto what = withheld_by(body, "a silence");
  if (!what) return tl::unexpected(what.error());
  return command(std::move(*what));
}

Result<Command> maintenance_command(const json::object& body) {
  if (auto known = only(body, {"matchers", "for", "reason", "at"}); !known)
    return tl::unexpected(known.error());
  auto what = withheld_by(body, "a maintenance window");
  if (!what) return tl::unexpected(what.error());
  MaintenanceCommand window{std::move(what->matchers), what->lasts, std::move(what->reason), {}};
  const auto at = text_member(body, "at", false);
  if (!at) return tl::unexpected(at.error());
  if (!at->empty()) {
    const auto begins = parse_rfc3339(*at);
    if (!begins) return tl::unexpected(begins.error().within("at"));
    window.begins = *begins;
  }
  return command(std::move(window));
}

Result<Command> end_maintenance_command(const json::object& body) {
  if (auto known = only(body, {"which"}); !known) return tl::unexpected(known.error());
  auto which = text_member(body, "which", true);
  if (!which) return tl::unexpected(which.error());
  return command(EndMaintenanceCommand{std::move(*which)});
}

Result<Command> end_silence_command(const json::object& body) {
  if (auto known = only(body, {"silence"}); !known) return tl::unexpected(known.error());
  const json::value* const given = body.if_contains("silence");
  if (given != nullptr && given->is_string()) {
    const std::uint64_t number = number_in(view(given->get_string()));
    if (number == 0)
      return fail(ErrorCode::invalid, fmt::format("`{}` is no silence: they are called S1, S2, …",
                                                  printable(view(given->get_string()))));
    return command(EndSilenceCommand{SilenceId(number)});
  }
  const auto silence = number_member(body, "silence");
  if (!silence) return tl::unexpected(silence.error());
  return command(EndSilenceCommand{SilenceId(*silence)});
}

Result<Command> assess_command(const json::object& body) {
  if (auto known = only(body, {"incident", "impact"}); !known) return tl::unexpected(known.error());
  const auto incident = number_member(body, "incident");
  if (!incident) return tl::unexpected(incident.error());
  const auto impact = text_member(body, "impact", true);
  if (!impact) return tl::unexpected(impact.error());
  const auto known = impact_from(*impact);
  if (!known)
    return fail(ErrorCode::invalid, fmt::format("`{}` is no impact: critical, high, medium or low",
                                                printable(*impact)));
  return command(AssessCommand{IncidentId(*incident), *known});
}

Result<Command> drill_command(const json::object& body) {
  if (auto known = only(body, {"rule", "for"}); !known) return tl::unexpected(known.error());
  auto rule = text_member(body, "rule", true);
  if (!rule) return tl::unexpected(rule.error());
  const auto lasts = duration_member(body, "for");
  if (!lasts) return tl::unexpected(lasts.error());
  return command(DrillCommand{std::move(*rule), *lasts});
}

Result<Command> end_drill_command(const json::object& body) {
  if (auto known = only(body, {"rule"}); !known) return tl::unexpected(known.error());
  auto rule = text_member(body, "rule", true);
  if (!rule) return tl::unexpected(rule.error());
  return command(EndDrillCommand{std::move(*rule)});
}

Result<Command> accept_command(const json::object& body) {
  if (auto known = only(body, {"rule"}); !known) return tl::unexpected(known.error());
  auto rule = text_member(body, "rule", true);
  if (!rule) return tl::unexpected(rule.error());
  return command(AcceptCommand{std::move(*rule)});
}

Result<Command> learn_command(const json::object& body) {
  if (auto known = only(body, {"rule", "meaning", "state", "replace"}); !known)
    return tl::unexpected(known.error());
  LearnCommand what;
  auto rule = text_member(body, "rule", true);
  if (!rule) return tl::unexpected(rule.error());
  what.rule = std::move(*rule);
  const auto meaning = number_member(body, "meaning");
  if (!meaning) return tl::unexpected(meaning.error());
  what.meaning = *meaning;
  const json::value* const state = body.if_contains("state");
  if (state == nullptr || !state->is_string())
    return fail(ErrorCode::invalid, "`state` must be a text");
  what.state = std::string(view(state->get_string()));
  if (const json::value* const replace = body.if_contains("replace")) {
    if (!replace->is_bool()) return fail(ErrorCode::invalid, "`replace` must be true or false");
    what.replace = replace->get_bool();
  }
  return command(std::move(what));
}

Result<Command> change_command(const json::object& body) {
  if (auto known = only(body, {"text", "link", "concerns"}); !known)
    return tl::unexpected(known.error());
  const auto text = text_member(body, "text", true);
  if (!text) return tl::unexpected(text.error());
  const auto link = text_member(body, "link", false);
  if (!link) return tl::unexpected(link.error());
  const auto concerns = text_member(body, "concerns", false);
  if (!concerns) return tl::unexpected(concerns.error());
  return command(ChangeCommand{*text, *link, *concerns});
}

Result<Command> test_notice_command(const json::object& body) {
  if (auto known = only(body, {"receiver"}); !known) return tl::unexpected(known.error());
  const auto receiver = text_member(body, "receiver", true);
  if (!receiver) return tl::unexpected(receiver.error());
  return command(TestNoticeCommand{*receiver});
}

}  // namespace tocsin::app
