// Who is told, when, and when not: receivers, policies, maintenance windows. One row a key, in the
// order in which the reference shows them.
#pragma once

#include <array>
#include <string_view>

#include "tocsin/config/keys.hpp"

namespace tocsin::config {

inline constexpr std::string_view kOverHttp = "slack pagerduty webhook";
inline constexpr std::string_view kOverNetwork = "slack pagerduty webhook email";
inline constexpr std::string_view kWithOwnForm = "console slack pagerduty email";

// clang-format off
inline constexpr std::array kPeopleKeys = {
    Key{.section = "receiver.*", .name = "kind", .type = Type::choice, .required = true,
        .choices = "console slack pagerduty webhook email", .meaning = "How it is spoken to.",
        .example = "\"slack\""},
    Key{.section = "receiver.*", .name = "wakes", .type = Type::flag,
        .meaning = "It is meant to wake a person; by default a pager is and others are not.",
        .example = "true"},
    Key{.section = "receiver.*", .name = "changes", .type = Type::flag, .otherwise = "false",
        .meaning = "It is told of what people announce with `tocsin change`, deployments for one; "
                "a pager gets a change event, which rings nobody.", .example = "true"},
    Key{.section = "receiver.*", .name = "fallback", .type = Type::names,
        .meaning = "Receivers that are told, one after the other, where this one says no or "
                "nothing.", .example = "[\"alerts-production\"]"},
    Key{.section = "receiver.*", .name = "timeout", .type = Type::duration, .otherwise = "\"10s\"",
        .least = "10ms", .most = "5m", .kinds = kOverNetwork,
        .meaning = "No answer by then is a failed attempt.", .example = "\"10s\""},
    Key{.section = "receiver.*", .name = "title", .kinds = kWithOwnForm,
        .meaning = "A template in place of a notice's title: between the severity and the host, "
                "which is left out where the title names it. One that fails leaves the title. Like "
                "the other templates it is for every kind of notice, tests, summaries and changes "
                "too: `{{kind}}` says which, and what is an incident's alone is empty there.",
        .example = "\"{{title}}{{if policy}} ({{policy}}){{end}}\""},
    Key{.section = "receiver.*", .name = "mark", .kinds = kWithOwnForm,
        .meaning = "A template in place of the sign and the word that a notice begins "
                "with (`{{symbol}} {{mark}}`); \"\" leaves them out. Of a message that is kept up "
                "to date it is rendered with how the incident stands. One that fails leaves them.",
        .example = "\"{{symbol}} {{mark}}{{if policy}} [{{policy}}]{{end}}\""},
    Key{.section = "receiver.*", .name = "severity", .kinds = kWithOwnForm,
        .meaning = "A template in place of the severity's word, in the headline and among the "
                "facts; \"\" leaves it out. Colour and a pager's own field stay the severity's.",
        .example = "'{{if severity == \"critical\"}}SEV1{{else}}SEV2{{end}}'"},
    Key{.section = "receiver.*", .name = "facts", .type = Type::texts, .kinds = kWithOwnForm,
        .meaning = "In place of the facts (host, severity, since when, incident): the name, a colon "
                "and a template each, ten at most. One that comes to nothing is left out; if one "
                "fails, tocsin's own stand. `[]` leaves the block out.",
        .example = "[\"Host: {{host}}\", \"Team: {{labels.team}}\"]"},
    Key{.section = "receiver.*", .name = "next", .kinds = kWithOwnForm,
        .meaning = "A template in place of the line on what happens next and who has it in hand "
                "(`{{next}}`); \"\" leaves it out. One that fails leaves the line.",
        .example = "'{{next}}{{if acknowledge}} Do not wait for it.{{end}}'"},
    Key{.section = "receiver.*", .name = "actions", .type = Type::texts, .kinds = kWithOwnForm,
        .meaning = "In place of the commands that acknowledge and silence: the name, a colon and a "
                "template each, as in `facts`. `[]` leaves them out; the link that acknowledges "
                "stays.",
        .example = "['Take it: {{if acknowledge}}ssh {{host}} {{acknowledge}}{{end}}']"},
    Key{.section = "receiver.*", .name = "text", .kinds = kWithOwnForm,
        .meaning = "A template in place of the rule's description; it may hold several lines.",
        .example = "'{{description}} {{if level == \"1\"}}Look in the wiki first.{{end}}'"},
    Key{.section = "receiver.*", .name = "webhook", .type = Type::secret_url,
        .kinds = "slack", .meaning = "The incoming webhook; or give `token` and `channel`.",
        .example = "\"credential:slack-alerts\""},
    Key{.section = "receiver.*", .name = "token", .type = Type::secret, .kinds = "slack",
        .meaning = "A bot's token (scope chat:write), instead of `webhook`: each incident is one "
                "message, kept up to date, with a thread below it.",
        .example = "\"credential:slack-bot\""},
    Key{.section = "receiver.*", .name = "channel", .kinds = "slack",
        .meaning = "Where the bot posts: the channel's id or name. An incoming webhook has its "
                "own.", .example = "\"C0123456789\""},
    Key{.section = "receiver.*", .name = "routing_key", .type = Type::secret, .required = true,
        .kinds = "pagerduty", .meaning = "The integration key of the service.",
        .example = "\"credential:pagerduty-on-call\""},
    Key{.section = "receiver.*", .name = "url", .type = Type::secret_url,
        .kinds = "webhook pagerduty", .needed_by = "webhook",
        .meaning = "webhook: where notices are posted. pagerduty: a regional or compatible "
                "endpoint.", .example = "\"https://hooks.example.com/tocsin\""},
    Key{.section = "receiver.*", .name = "api_token", .type = Type::secret, .kinds = "pagerduty",
        .meaning = "With it, acknowledgements made in PagerDuty stop the climb here.",
        .example = "\"credential:pagerduty-api\""},
    Key{.section = "receiver.*", .name = "api_url", .type = Type::url,
        .otherwise = "\"https://api.pagerduty.com\"", .kinds = "pagerduty slack",
        .meaning = "pagerduty: where acknowledgements are asked for. slack: the Web API, by "
                "default https://slack.com/api.",
        .example = "\"https://api.eu.pagerduty.com\""},
    Key{.section = "receiver.*", .name = "signing_secret", .type = Type::secret, .kinds = "webhook",
        .meaning = "Signs requests as Standard Webhooks says: \"whsec_\" and base64.",
        .example = "\"credential:webhook-secret\""},
    Key{.section = "receiver.*", .name = "by_key", .type = Type::flag, .otherwise = "true",
        .kinds = "webhook",
        .meaning = "The service keeps state by `dedup_key` and is told of each key: an incident "
                "tool. false: people read it, and get one close per incident.",
        .example = "false"},
    Key{.section = "receiver.*", .name = "body", .kinds = "webhook",
        .meaning = "A template of what is posted, in place of tocsin's own JSON; a notice that it "
                "fails for is sent in that.", .example = "'{\"text\": \"{{headline}}\"}'"},
    Key{.section = "receiver.*", .name = "content_type", .otherwise = "\"application/json\"",
        .kinds = "webhook",
        .meaning = "Of `body`; it decides how fields are escaped in it: JSON, HTML, a form, or "
                "not at all.", .example = "\"application/json\""},
    Key{.section = "receiver.*", .name = "headers", .type = Type::headers, .kinds = "webhook",
        .meaning = "More headers: each a template, or the reference of a secret.",
        .example = "{ Title = \"{{headline}}\", Authorization = \"credential:chat-key\" }"},
    Key{.section = "receiver.*", .name = "path", .kinds = "webhook",
        .meaning = "A template of what is added to the URL.",
        .example = "\"{{if action == \\\"close\\\"}}/{{dedup_key}}/close{{end}}\""},
    Key{.section = "receiver.*", .name = "username", .kinds = "webhook email",
        .meaning = "For basic authentication; of an email receiver, at the relay.",
        .example = "\"tocsin\""},
    Key{.section = "receiver.*", .name = "password", .type = Type::secret,
        .kinds = "webhook email", .meaning = "Of that user.", .example = "\"credential:webhook-password\""},
    Key{.section = "receiver.*", .name = "bearer", .type = Type::secret, .kinds = "webhook",
        .meaning = "A bearer token.", .example = "\"credential:webhook-token\""},
    Key{.section = "receiver.*", .name = "ca_file", .type = Type::path,
        .kinds = kOverNetwork, .meaning = "Certificate authorities, instead of the system's.",
        .example = "\"/etc/ssl/private-ca.pem\""},
    Key{.section = "receiver.*", .name = "server", .type = Type::address, .required = true,
        .kinds = "email", .meaning = "The relay that takes the mail.",
        .example = "\"mail.example.com:587\""},
    Key{.section = "receiver.*", .name = "tls", .type = Type::choice, .otherwise = "\"starttls\"",
        .choices = "starttls tls none", .kinds = "email",
        .meaning = "starttls: insisted upon. tls: from the first byte. none: for a relay on this "
                "host.", .example = "\"tls\""},
    Key{.section = "receiver.*", .name = "from", .required = true, .kinds = "email",
        .meaning = "The sender's address.", .example = "\"tocsin@example.com\""},
    Key{.section = "receiver.*", .name = "to", .type = Type::texts, .required = true,
        .kinds = "email", .meaning = "Who gets it; each is sent a mail of its own.",
        .example = "[\"ops@example.com\"]"},
    Key{.section = "receiver.*", .name = "proxy", .type = Type::url, .kinds = kOverHttp,
        .meaning = "By default as the environment says.",
        .example = "\"http://proxy.example.com:3128\""},

    Key{.section = "policy.*", .name = "repeat", .type = Type::duration, .least = "1s",
        .most = "7d",
        .meaning = "The last level rings again so often; by default 15m where a receiver wakes, "
                "4h where none does.", .example = "\"15m\""},
    Key{.section = "policy.*", .name = "ack_expires", .type = Type::duration,
        .otherwise = "\"30m\"", .least = "1s", .most = "7d",
        .meaning = "How long an acknowledgement holds.", .example = "\"30m\""},
    Key{.section = "policy.*", .name = "group_interval", .type = Type::duration,
        .otherwise = "\"1m\"", .least = "0s", .most = "1d",
        .meaning = "Updates to an open incident are collected for so long.", .example = "\"1m\""},
    Key{.section = "policy.*", .name = "group_by", .type = Type::texts,
        .meaning = "Labels that divide incidents, besides the rule's name; [\"...\"] divides by "
                "all.", .example = "[\"instance\"]"},
    Key{.section = "policy.*", .name = "group_by_rule", .type = Type::flag, .otherwise = "true",
        .meaning = "Whether the rule's name divides incidents.", .example = "false"},
    Key{.section = "policy.*", .name = "conference",
        .meaning = "Where people meet: told from level 3 on.",
        .example = "\"https://meet.example.com/incident\""},

    Key{.section = "policy.*.notify[]", .name = "level", .type = Type::count, .required = true,
        .least = "1", .most = "100", .meaning = "The level that this entry belongs to.",
        .example = "1"},
    Key{.section = "policy.*.notify[]", .name = "after", .type = Type::duration,
        .otherwise = "\"0s\"", .least = "0s", .most = "7d",
        .meaning = "When it falls due, from the open.", .example = "\"5m\""},
    Key{.section = "policy.*.notify[]", .name = "match", .type = Type::matchers,
        .meaning = "Alerts that it concerns, by the alert's and the rule's labels, `severity` "
                "and `impact`; by default all.", .example = "'{component=\"database\"}'"},
    Key{.section = "policy.*.notify[]", .name = "to", .type = Type::names, .required = true,
        .meaning = "Receivers.", .example = "[\"alerts-production\"]"},

    Key{.section = "maintenance.*", .name = "match", .type = Type::matchers, .required = true,
        .meaning = "Alerts that it concerns, by the alert's and the rule's labels, `rule`, "
                "`severity`, `impact` and `host`.", .example = "'{component=\"database\"}'"},
    Key{.section = "maintenance.*", .name = "on", .type = Type::texts, .otherwise = "\"daily\"",
        .meaning = "Its days: \"daily\", a weekday, \"first sunday\" (of the month, up to "
                "\"fifth\", or \"last\"), \"day 15\", \"last day\" (of the month), \"12-24\" (every "
                "year), \"2026-12-24\" (once).", .example = "[\"saturday\", \"last day\"]"},
    Key{.section = "maintenance.*", .name = "start", .required = true,
        .meaning = "What clocks show when it begins. Where they skip that time it begins at the "
                "change; where they show it twice, at the first.", .example = "\"02:30\""},
    Key{.section = "maintenance.*", .name = "lasts", .type = Type::duration, .required = true,
        .least = "1m", .most = "7d",
        .meaning = "For so long, also in a night in which clocks are changed.",
        .example = "\"1h\""},
    Key{.section = "maintenance.*", .name = "zone", .otherwise = "\"UTC\"",
        .meaning = "The time zone of its days and of `start`, by its IANA name.",
        .example = "\"Europe/Berlin\""},
    Key{.section = "maintenance.*", .name = "reason", .required = true,
        .meaning = "Why, for those who see it in the list.", .example = "\"database upgrades\""},
    Key{.section = "maintenance.*", .name = "author", .required = true,
        .meaning = "Who answers for it.", .example = "\"ada\""},
};
// clang-format on

}  // namespace tocsin::config
