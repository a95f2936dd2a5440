#include "receivers/preview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "receivers/console.hpp"
#include "receivers/email.hpp"
#include "receivers/own_words.hpp"
#include "receivers/pagerduty.hpp"
#include "receivers/slack_message.hpp"
#include "receivers/webhook_request.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

namespace json = boost::json;

std::string lines_of(std::string_view text, std::string_view before = "") {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += std::string(before) + printable(line) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool has_inner(const json::array& array) {
  return std::any_of(array.begin(), array.end(),
                     [](const json::value& each) { return each.is_object() || each.is_array(); });
}

void spread(const json::value& value, std::size_t depth, std::string& out) {
  const std::string indent(2 * depth + 2, ' ');
  const std::string closing(2 * depth, ' ');
  if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
    out += "{\n";
    std::size_t left = object->size();
    for (const auto& [name, inner] : *object) {
      out += indent + json::serialize(json::string(name)) + ": ";
      spread(inner, depth + 1, out);
      out += --left > 0 ? ",\n" : "\n";
    }
    out += closing + "}";
  } else if (const json::array* array = value.if_array(); array != nullptr && has_inner(*array)) {
    out += "[\n";
    std::size_t left = array->size();
    for (const json::value& inner : *array) {
      out += indent;
      spread(inner, depth + 1, out);
      out += --left > 0 ? ",\n" : "\n";
    }
    out += closing + "]";
  } else {
    out += json::serialize(value);
  }
}

std::string spread_json(const std::string& text) {
  json::error_code error;
  const json::value value = json::parse(text, error);
  if (error) return lines_of(text);
  std::string out;
  spread(value, 0, out);
  return lines_of(out);
}

/// Slack's three entities as what they stand for.
std::string decoded(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kEntities{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}}};
  for (const auto& [entity, plain] : kEntities) {
    for (std::size_t at = text.find(entity); at != std::string::npos; at = text.find(entity, at)) {
      text.replace(at, entity.size(), plain);
      at += plain.size();
    }
  }
  return text;
}

/// As Slack shows it: the links of ours as name and address.
std::string slack_text(const json::value& value) {
  std::string text(value.at("text").as_string());
  if (value.at("type").as_string() == "mrkdwn") {
    for (std::size_t at = text.find("<http"); at != std::string::npos;
         at = text.find("<http", at)) {
      const std::size_t bar = text.find('|', at);
      const std::size_t end = text.find('>', at);
      if (bar == std::string::npos || end == std::string::npos || bar > end) break;
      const std::string link =
          text.substr(bar + 1, end - bar - 1) + " (" + text.substr(at + 1, bar - at - 1) + ")";
      text.replace(at, end + 1 - at, link);
      at += link.size();
    }
  }
  return decoded(std::move(text));
}

std::string slack_blocks(const json::array& blocks, std::string_view before) {
  std::string out;
  for (const json::value& block : blocks) {
    const json::object& fields = block.get_object();
    const bool header = fields.at("type").as_string() == "header";
    if (const json::value* text = fields.if_contains("text")) {
      out += lines_of((header ? "# " : "") + slack_text(*text), before);
    }
    for (const char* list : {"fields", "elements"}) {
      const json::value* inner = fields.if_contains(list);
      if (inner == nullptr) continue;
      for (const json::value& each : inner->get_array()) {
        std::string text = slack_text(each);
        std::replace(text.begin(), text.end(), '\n', ' ');
        out += lines_of(text, before);
      }
    }
  }
  return out;
}

std::string slack_preview(const std::string& message) {
  const json::object whole = json::parse(message).get_object();
  std::string out = slack_blocks(whole.at("blocks").get_array(), "");
  for (const json::value& attachment : whole.at("attachments").get_array()) {
    out += "┃ " + std::string(attachment.at("color").as_string()) + "\n";
    out += slack_blocks(attachment.at("blocks").get_array(), "┃ ");
  }
  return out + "as a banner: " + lines_of(decoded(std::string(whole.at("text").as_string())));
}

struct Previewer {
  const Delivery& delivery;
  std::string_view program;

  std::string operator()(const config::ConsoleReceiver&) const {
    return lines_of(console_text(delivery, loop::log::Style::plain, program));
  }
  std::string operator()(const config::SlackReceiver& slack) const {
    if (slack.token.empty()) return slack_preview(slack_message(delivery, program));
    const SlackPlace place{slack.channel, "1405894322.002768"};
    if (!delivery.incident)
      return slack_preview(slack_arguments(delivery, SlackPart::message, place, false, program));
    std::string out = "the incident's message, as it stands then:\n";
    out += slack_preview(slack_arguments(delivery, SlackPart::story, place, false, program));
    const bool first = delivery.notice.kind == NoticeKind::opened && delivery.level <= 1;
    if (first) return out;
    out += delivery.action == DeliveryAction::open ? "\nin its thread and in the channel:\n"
                                                   : "\nin its thread:\n";
    return out + slack_preview(slack_arguments(delivery, SlackPart::reply, place, false, program));
  }
  std::string operator()(const config::PagerDutyReceiver& pager) const {
    return spread_json(
        pagerduty_event(delivery, std::string(32, '*'), program, !pager.api_token.empty()));
  }
  std::string operator()(const config::EmailReceiver& email) const {
    const EmailMessage message = email_message(delivery, email, program);
    std::string out;
    for (const auto& [name, value] : message.headers) out += lines_of(name + ": " + value);
    return out + "\n" + lines_of(message.text);
  }
  std::string operator()(const config::WebhookReceiver& webhook) const {
    const WebhookContent content = webhook_content(webhook, delivery, program);
    std::string out = content.fault.empty() ? "" : "! " + printable(content.fault) + "\n";
    out += "POST URL" + printable(content.path) + "\n";
    for (const auto& [name, value] : content.headers) out += lines_of(name + ": " + value);
    for (const config::HttpHeader& header : webhook.headers) {
      if (!header.value.reference.starts_with("value:")) out += header.name + ": ***\n";
    }
    out += "Content-Type: " + printable(content.content_type) + "\n\n";
    return out + spread_json(content.body);
  }
};

}  // namespace

std::string preview(const config::ReceiverDefinition& definition, const Delivery& delivery,
                    std::string_view program) {
  const OwnWords words = in_own_words(definition, delivery, program);
  const std::string fault = words.fault.empty() ? "" : "! " + printable(words.fault) + "\n";
  return fault + std::visit(Previewer{words.delivery, program}, definition.kind);
}

}  // namespace tocsin::receivers
