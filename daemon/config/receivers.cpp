#include "receivers.hpp"

#include <algorithm>

#include "cycles.hpp"
#include "fields.hpp"
#include "probe_values.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/config/validate.hpp"
#include "tocsin/outbox/notice_template.hpp"

namespace tocsin::config {
namespace {

HttpOptions read_http(const Fields& fields) {
  HttpOptions http;
  http.username = fields.text("username");
  http.password = fields.secret("password");
  http.bearer = fields.secret("bearer");
  http.ca_file = fields.text("ca_file");
  http.proxy = fields.text("proxy");
  return http;
}

PagerDutyReceiver read_pagerduty(const Fields& fields, Report& report) {
  PagerDutyReceiver pager;
  pager.routing_key = fields.secret("routing_key");
  if (const Entry* url = fields.find("url"); url != nullptr && url->value.kind == Kind::text) {
    if (fields.secret("url").reference.starts_with("value:")) {
      pager.url = url->value.text;
    } else {
      report.error(url->value.place, "`url` of a pagerduty receiver is no secret",
                   "write the URL itself");
    }
  }
  pager.api_token = fields.secret("api_token");
  pager.api_url = fields.text("api_url");
  pager.http = read_http(fields);
  return pager;
}

SlackReceiver read_slack(const Fields& fields, std::string_view name, Report& report) {
  SlackReceiver slack;
  slack.webhook = fields.secret("webhook");
  slack.token = fields.secret("token");
  slack.channel = fields.text("channel");
  if (fields.has("api_url")) slack.api_url = fields.text("api_url");
  slack.http = read_http(fields);
  if (fields.has("webhook") && fields.has("token")) {
    report.error(fields.place("token"), "both an incoming webhook and a bot's token",
                 "one of them must go: with the token, an incident is one thread");
  } else if (!fields.has("webhook") && !fields.has("token")) {
    report.error(
        fields.place("webhook"),
        fmt::format("{} needs `webhook`, or `token` and `channel`", header_of("receiver.*", name)),
        "for example webhook = \"credential:slack-alerts\"");
  } else if (fields.has("token") && slack.channel.empty()) {
    report.error(fields.place("token"), "a bot's token without a `channel`",
                 "for example channel = \"C0123456789\"");
  }
  if (fields.has("api_url") && !fields.has("token")) {
    report.error(fields.place("api_url"), "`api_url` goes with `token`");
  }
  return slack;
}

void check_notice_template(const Value& value, Report& report) {
  if (value.kind != Kind::text) return;
  const auto made = outbox::NoticeTemplate::parse(value.text);
  if (made) return;
  for (const outbox::TemplateFault& fault : made.error()) {
    report.error(value.within(fault.offset, fault.length), fault.text);
  }
}

/// "Team: {{labels.team}}", each.
std::vector<OwnLine> read_own_lines(const Value& list, std::string_view what, Report& report) {
  constexpr std::size_t kMost = 10;  ///< what Slack shows in one block
  constexpr std::size_t kNameBytes = 60;
  std::vector<OwnLine> lines;
  const std::vector<Value> one(list.kind == Kind::text ? 1 : 0, list);
  for (const Value& each : one.empty() ? list.items : one) {
    if (each.kind != Kind::text) continue;
    const std::size_t colon = each.text.find(':');
    OwnLine line;
    if (colon != std::string::npos) {
      line.name = trim(std::string_view(each.text).substr(0, colon));
      line.text = trim(std::string_view(each.text).substr(colon + 1));
    }
    const bool good_name = !line.name.empty() && line.name.size() <= kNameBytes &&
                           line.name.find_first_of("{}") == std::string::npos &&
                           printable(line.name) == line.name;
    if (!good_name) {
      report.error(each.place, fmt::format("each of `{}` is a name, a colon and a template", what),
                   what == "actions" ? "for example \"Acknowledge: {{acknowledge}}\""
                                     : "for example \"Team: {{labels.team}}\"");
      continue;
    }
    check_notice_template(each, report);
    lines.push_back(std::move(line));
  }
  if (lines.size() > kMost)
    report.error(list.place,
                 fmt::format("{} `{}` are more than fit: {} at most", lines.size(), what, kMost));
  return lines;
}

void read_templates(const Fields& fields, WebhookReceiver& webhook, Report& report) {
  webhook.path = fields.text("path");
  webhook.body = fields.text("body");
  webhook.content_type = fields.text("content_type");
  for (const std::string_view key : {"path", "body"}) {
    if (const Entry* entry = fields.find(key)) check_notice_template(entry->value, report);
  }
  if (fields.has("content_type") && !fields.has("body")) {
    report.error(fields.place("content_type"), "a `content_type` without `body`");
  }
  const Entry* headers = fields.find("headers");
  if (headers == nullptr) return;
  webhook.headers = good_entries<HttpHeader>(headers->value, to_header);
  for (const Entry& each : headers->value.entries) {
    const std::string& text = each.value.text;
    check_notice_template(each.value, report);
    if (std::any_of(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; })) {
      report.error(each.value.place, "a header is written in ASCII",
                   "fields may hold more: they are encoded");
    }
  }
}

WebhookReceiver read_webhook(const Fields& fields, Report& report) {
  WebhookReceiver webhook;
  webhook.url = fields.secret("url");
  webhook.signing_secret = fields.secret("signing_secret");
  webhook.http = read_http(fields);
  read_templates(fields, webhook, report);
  if (fields.has("password") && !fields.has("username")) {
    report.error(fields.place("password"), "a password without `username`");
  }
  if (fields.has("bearer") && fields.has("username")) {
    report.error(fields.place("bearer"), "both a bearer token and a user: one of them must go");
  }
  return webhook;
}

MailSecurity security_named(std::string_view name) {
  for (const MailSecurity each : {MailSecurity::tls, MailSecurity::none})
    if (name == to_string(each)) return each;
  return MailSecurity::starttls;
}

/// As it stands in an envelope: one "@" with something on either side, and nothing that could end
/// a command or begin another.
bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f &&
           std::string_view("<>,;:\\\"()[]").find(c) == std::string_view::npos;
  });
  return plain && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos;
}

void check_mail_addresses(const Fields& fields, std::string_view key, Report& report) {
  const Entry* entry = fields.find(key);
  if (entry == nullptr) return;
  const std::vector<NamedAt> addresses = names_at(entry->value);
  if (addresses.empty() && entry->value.kind != Kind::text)
    report.error(entry->value.place, fmt::format("`{}` names nobody", key));
  for (const NamedAt& each : addresses) {
    if (!is_mail_address(each.name)) {
      report.error(each.place, fmt::format("`{}` is no mail address", each.name),
                   "write it bare: ops@example.com");
    }
  }
}

EmailReceiver read_email(const Fields& fields, Report& report) {
  EmailReceiver email;
  email.server = fields.text("server");
  email.security = security_named(fields.text("tls"));
  email.username = fields.text("username");
  email.password = fields.secret("password");
  email.ca_file = fields.text("ca_file");
  email.from = fields.text("from");
  email.to = fields.texts("to");
  check_mail_addresses(fields, "from", report);
  check_mail_addresses(fields, "to", report);
  if (fields.has("username") != fields.has("password")) {
    report.error(fields.place(fields.has("username") ? "username" : "password"),
                 "`username` and `password` go together");
  }
  if (email.security == MailSecurity::none && fields.has("password")) {
    report.error(fields.place("tls"), "a password would cross the network in the clear",
                 "`tls = \"starttls\"` or `tls = \"tls\"`");
  }
  return email;
}

void check_fallbacks(const Survey& survey, const std::vector<ReceiverDefinition>& receivers,
                     Report& report) {
  std::vector<std::string> names;
  names.reserve(receivers.size());
  for (const ReceiverDefinition& each : receivers) names.push_back(each.receiver.name);
  Graph graph;
  for (const Found* found : survey.of("receiver.*")) {
    const Entry* entry = found->table->find("fallback");
    if (entry == nullptr) continue;
    for (const NamedAt& each : names_at(entry->value)) {
      if (std::find(names.begin(), names.end(), each.name) == names.end()) {
        report.unknown(each.place, fmt::format("no receiver is called `{}`", each.name),
                       did_you_mean(each.name, names, all_of("receivers", names)));
      } else {
        graph.push_back({found->name, each.name, each.place});
      }
    }
  }
  for (const Cycle& cycle : cycles(graph)) {
    report.error(cycle.place, fmt::format("fallbacks go round in a circle: {}", cycle.text),
                 "one of them must have another fallback, or none");
  }
}

}  // namespace

std::string_view to_string(MailSecurity security) {
  switch (security) {
    case MailSecurity::starttls:
      return "starttls";
    case MailSecurity::tls:
      return "tls";
    case MailSecurity::none:
      return "none";
  }
  return "";
}

ReceiverDefinition read_receiver(const Found& found, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  ReceiverDefinition definition;
  outbox::Receiver& receiver = definition.receiver;
  receiver.name = found.name;
  receiver.changes = fields.flag("changes");
  receiver.fallback = fields.texts("fallback");
  receiver.definition = canonical_section("receiver", found.name, *found.table);
  definition.timeout = fields.duration("timeout");
  definition.title = fields.text("title");
  definition.text = fields.text("text");
  if (fields.has("mark")) definition.mark = fields.text("mark");
  if (fields.has("severity")) definition.severity = fields.text("severity");
  if (fields.has("next")) definition.next = fields.text("next");
  for (const std::string_view key : {"title", "text", "mark", "severity", "next"}) {
    if (const Entry* entry = fields.find(key)) check_notice_template(entry->value, report);
  }
  if (const Entry* entry = fields.find("facts"))
    definition.facts = read_own_lines(entry->value, "facts", report);
  if (const Entry* entry = fields.find("actions"))
    definition.actions = read_own_lines(entry->value, "actions", report);
  const std::string kind = fields.text("kind");
  bool wakes = false;
  if (kind == "slack") {
    definition.kind = read_slack(fields, found.name, report);
  } else if (kind == "pagerduty") {
    PagerDutyReceiver pager = read_pagerduty(fields, report);
    receiver.by_key = true;
    receiver.can_poll = !pager.api_token.empty();
    wakes = true;
    definition.kind = std::move(pager);
  } else if (kind == "webhook") {
    receiver.by_key = fields.flag("by_key");
    definition.kind = read_webhook(fields, report);
  } else if (kind == "email") {
    definition.kind = read_email(fields, report);
  } else {
    definition.kind = ConsoleReceiver{};
  }
  receiver.wakes = fields.has("wakes") ? fields.flag("wakes") : wakes;
  return definition;
}

std::vector<ReceiverDefinition> read_receivers(const Survey& survey, Report& report) {
  std::vector<ReceiverDefinition> receivers;
  for (const Found* found : survey.of("receiver.*")) {
    receivers.push_back(read_receiver(*found, report));
  }
  if (survey.named("receiver.*", kConsole) == nullptr) {
    Value table;
    table.kind = Kind::table;
    Entry kind{"kind", {}, {}};
    kind.value.kind = Kind::text;
    kind.value.text = kConsole;
    table.entries.push_back(std::move(kind));
    Found console{find_section("receiver.*"), std::string(kConsole), {}, &table, false};
    receivers.push_back(read_receiver(console, report));
  }
  check_fallbacks(survey, receivers, report);
  return receivers;
}

}  // namespace tocsin::config
