#include "commands/ask.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "app/options.hpp"
#include "http/control_client.hpp"
#include "loop/clock.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/model/labels.hpp"
#include "toml/zones.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

TimeZone& zone_of_answers() {
  static TimeZone zone;
  return zone;
}

Result<Answer> ask(const Common& common, const http::ControlRequest& request) {
  auto raw = http::ask_control(control_socket(common), request);
  if (!raw) return tl::unexpected(raw.error());
  if (auto zone = toml::read_zone(raw->time_zone)) zone_of_answers() = std::move(*zone);
  Answer answer;
  answer.status = raw->status;
  boost::system::error_code error;
  answer.body = json::parse(raw->body, error);
  if (error) {
    json::object said;  // an answer of the HTTP server itself: words
    said["text"] = json::string(trim(raw->body));
    answer.body = std::move(said);
  }
  return answer;
}

}  // namespace

std::string control_socket(const Common& common) {
  return common.socket ? *common.socket : app::configured_socket(common.folder);
}

std::string called_as(const Common& common) {
  std::string out = "tocsin";
  if (common.folder != Common().folder) out += " --config " + printable(common.folder);
  if (common.socket) out += " --socket " + printable(*common.socket);
  return out;
}

Result<Answer> get(const Common& common, const std::string& target, Duration timeout) {
  http::ControlRequest request;
  request.timeout = timeout;
  request.target = target;
  return ask(common, request);
}

Result<Answer> post(const Common& common, const std::string& target, json::object body,
                    Duration timeout) {
  if (common.by) body["by"] = json::string(*common.by);
  return post_text(common, target, json::serialize(body), timeout);
}

Result<Answer> post_text(const Common& common, const std::string& target, std::string text,
                         Duration timeout) {
  http::ControlRequest request;
  request.method = "POST";
  request.target = target;
  request.body = std::move(text);
  request.timeout = timeout;
  return ask(common, request);
}

int unreached(const Error& error) {
  fmt::print(stderr, "tocsin: {}\n", error.text);
  return not_reached;
}

int refused(const Answer& answer) {
  std::string text = text_of(answer.body, "text");
  if (text.empty()) text = text_of(answer.body, "error");
  fmt::print(stderr, "tocsin: {}\n", printable(text));
  return answer.status == 400 ? usage_or_configuration : fires_or_fails;
}

int say(const Common& common, const std::string& target, json::object body) {
  const auto answer = post(common, target, std::move(body));
  if (!answer) return unreached(answer.error());
  if (common.json) print_json(answer->body);
  if (answer->status == 404) {
    if (!common.json) refused(*answer);
    return usage_or_configuration;
  }
  if (answer->status != 200) return common.json ? fires_or_fails : refused(*answer);
  if (!common.json) fmt::print("{}\n", printable(text_of(answer->body, "text")));
  return well;
}

void print_json(const json::value& value) {
  fmt::print("{}\n", json::serialize(value));
}

const json::value& member_of(const json::value& object, std::string_view name) {
  static const json::value nothing;
  if (!object.is_object()) return nothing;
  const json::value* const found = object.get_object().if_contains({name.data(), name.size()});
  return found == nullptr ? nothing : *found;
}

const json::array& array_of(const json::value& object, std::string_view name) {
  static const json::array nothing;
  const json::value& member = member_of(object, name);
  return member.is_array() ? member.get_array() : nothing;
}

std::vector<std::string> texts_of(const json::array& array) {
  std::vector<std::string> out;
  for (const json::value& each : array)
    if (each.is_string()) out.push_back(printable(std::string_view(each.get_string())));
  return out;
}

std::string text_of(const json::value& object, std::string_view name) {
  const json::value& member = member_of(object, name);
  if (!member.is_string()) return "";
  return {member.get_string().data(), member.get_string().size()};
}

std::string shown_member(const json::value& object, std::string_view name) {
  return printable(text_of(object, name));
}

double number_of(const json::value& object, std::string_view name) {
  const json::value& member = member_of(object, name);
  return member.is_number() ? member.to_number<double>() : 0;
}

bool flag_of(const json::value& object, std::string_view name) {
  const json::value& member = member_of(object, name);
  return member.is_bool() && member.get_bool();
}

std::string labels_of(const json::value& labels) {
  if (!labels.is_object() || labels.get_object().empty()) return "";
  std::vector<Label> all;
  for (const auto& one : labels.get_object()) {
    if (!one.value().is_string()) continue;
    const auto& value = one.value().get_string();
    all.push_back({std::string(one.key()), std::string(value.data(), value.size())});
  }
  return printable(Labels(all).to_string());
}

std::string age_of(const std::string& time) {
  const auto at = parse_rfc3339(time);
  if (!at) return "";
  return humanize_duration(std::max(Duration(0), loop::now().wall - *at));
}

const TimeZone& shown_zone() {
  return zone_of_answers();
}

std::string moment_of(const std::string& time) {
  const auto at = parse_rfc3339(time);
  return at ? format_moment(*at, loop::now().wall, shown_zone()) : "";
}

}  // namespace tocsin::commands
