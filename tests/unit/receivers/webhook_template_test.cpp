// Webhooks whose body, headers and path are templates, and the examples of rules/receivers against
// a server that holds what they send to the services' documented limits.
// Risk: no notice at all because of a template; a limit that only the worst day reaches.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "receivers/notice_values.hpp"
#include "receivers/sample_notice.hpp"
#include "receivers/webhook.hpp"
#include "receivers/webhook_request.hpp"
#include "toml/load.hpp"
#include "unit/receivers/receiver_world.hpp"

using namespace tocsin;
namespace json = boost::json;
using receivers::sample_notice;
using receivers::webhook_content;
using testing::sample_delivery;

namespace {

config::WebhookReceiver with_body(const std::string& body) {
  config::WebhookReceiver definition;
  definition.body = body;
  return definition;
}

/// The one receiver of a file in rules/receivers, as `check` reads it.
config::ReceiverDefinition shipped_receiver(const std::string& name) {
  const std::string path = std::string(TOCSIN_SOURCE_DIR) + "/rules/receivers/" + name + ".toml";
  std::ifstream in(path);
  std::ostringstream text;
  text << "console_only = true\n" << in.rdbuf();
  config::File file;
  file.name = "tocsin.toml";
  file.text = text.str();
  const config::Loaded loaded = toml::load_texts({file}, {"host-1", ""});
  INFO(config::render(loaded.diagnostics));
  REQUIRE(loaded.config);
  for (const config::ReceiverDefinition& each : loaded.config->receivers) {
    if (each.receiver.name == name) return each;
  }
  FAIL("no receiver is called as its file");
  return {};
}

struct ExampleWorld : testing::ServerWorld {
  explicit ExampleWorld(const std::string& name, const std::string& path) {
    definition = shipped_receiver(name);
    auto& webhook = std::get<config::WebhookReceiver>(definition.kind);
    webhook.url.reference = "value:" + server.url() + path;
    webhook.http.bearer = {};
    for (config::HttpHeader& header : webhook.headers) {
      if (header.name == "Authorization") {
        setenv("TOCSIN_TEST_KEY", name == "gatus" ? "Bearer gatus-token" : "GenieKey jira-key", 1);
        header.value.reference = "env:TOCSIN_TEST_KEY";
      }
    }
  }
};

struct Example {
  const char* name;
  const char* path;
  bool has_link = false;  ///< its template has a place for the one that acknowledges
};
constexpr Example kExamples[] = {{"discord", "/api/webhooks/1/token?wait=true", true},
                                 {"ntfy", "/ntfy", true},
                                 {"telegram", "/bot1:token/sendMessage", true},
                                 {"teams", "/workflows/1", true},
                                 {"jira-operations", "/jsm/alerts"},
                                 {"gatus", "/api/v1/endpoints/shop_checkout/external"}};

constexpr const char* kAcknowledgeLink = "https://tocsin.example.com/ack/17.1.2.aGk";

}  // namespace

TEST_CASE("webhook template: it says what its templates say") {
  config::WebhookReceiver definition = with_body("{\"text\": \"{{mark}} {{headline}}\"}");
  definition.headers = {{"X-Level", {"value:{{level}}"}}, {"X-Key", {"env:NONE"}}};
  definition.path = "/{{labels.env}}";
  const auto content = webhook_content(definition, sample_delivery());
  CHECK(content.fault.empty());
  CHECK(content.body == R"({"text": "OPENED #17 critical: CPU busy on web-1"})");
  CHECK(content.path == "/production");
  REQUIRE(content.headers.size() == 1);
  CHECK(content.headers[0] == std::pair<std::string, std::string>{"X-Level", "1"});
}

TEST_CASE("webhook template: one that fails costs its own text, never the notice") {
  for (const char* body : {"{\"a\": {{level}}", "{{nonsense}}", "no JSON at all"}) {
    const auto content = webhook_content(with_body(body), sample_delivery());
    CAPTURE(content.fault);
    CHECK_FALSE(content.fault.empty());
    CHECK(content.body == receivers::webhook_body(sample_delivery()));
    CHECK(content.content_type == "application/json");
  }
  config::WebhookReceiver plain = with_body("no JSON at all");
  plain.content_type = "text/plain";
  CHECK(webhook_content(plain, sample_delivery()).body == "no JSON at all");
  config::WebhookReceiver endless =
      with_body("{{each alerts}}" + std::string(6000, 'x') + "{{end}}");
  endless.content_type = "text/plain";
  const auto content = webhook_content(endless, testing::huge_delivery());
  CHECK(content.fault.find("more than") != std::string::npos);
  CHECK(content.body == receivers::webhook_body(testing::huge_delivery()));
  // A header that fails is left out; the body stands.
  config::WebhookReceiver header = with_body("{}");
  header.headers = {{"X-A", {"value:{{nonsense}}"}}, {"X-B", {"value:{{host}}"}}};
  const auto rest = webhook_content(header, sample_delivery());
  CHECK(rest.body == "{}");
  REQUIRE(rest.headers.size() == 1);
  CHECK(rest.headers[0].first == "X-B");
}

TEST_CASE("webhook template: a body that is no JSON for one kind of notice is found beforehand") {
  CHECK(receivers::webhook_template_trouble(with_body("{\"a\": 1}")).empty());
  CHECK(
      receivers::webhook_template_trouble(with_body("{\"a\": 1{{if kind == \"closed\"}},{{end}}}"))
          .find("for a notice of kind closed") != std::string::npos);
}

TEST_CASE("webhook template: the values are those that the table of fields names") {
  std::set<std::string> named;
  for (const outbox::NoticeField& field : outbox::notice_fields()) named.emplace(field.name);
  std::set<std::string> given{"last"};
  const auto note = [&given](const outbox::NoticeValues::Fields& fields) {
    for (const auto& [name, value] : fields) {
      const bool label = name.find("labels.") != std::string::npos;
      given.insert(label ? name.substr(0, name.rfind('.')) + ".*" : name);
    }
  };
  Delivery delivery = sample_delivery();
  delivery.notice.lines = {"a line"};
  const outbox::NoticeValues values = receivers::notice_values(delivery);
  note(values.fields);
  for (const auto& [list, entries] : values.lists) {
    given.insert(list);
    for (const auto& entry : entries) note(entry);
  }
  CHECK(given == named);
}

TEST_CASE("rules/receivers: every notice of every example is taken by its service") {
  for (const Example& example : kExamples) {
    CAPTURE(example.name);
    ExampleWorld world(example.name, example.path);
    CHECK(receivers::webhook_template_trouble(
              std::get<config::WebhookReceiver>(world.definition.kind))
              .empty());
    for (int kind = 0; kind < kNoticeKinds; ++kind) {
      for (Delivery delivery :
           {sample_notice(static_cast<NoticeKind>(kind)),
            sample_notice(static_cast<NoticeKind>(kind), 500), testing::hostile_delivery(),
            testing::huge_delivery(), Delivery{}}) {
        delivery.notice.kind = static_cast<NoticeKind>(kind);
        if (delivery.dedup_key.empty()) delivery.dedup_key = "tocsin-0";
        if (kind % 2 == 0) delivery.notice.acknowledge_url = kAcknowledgeLink;
        CAPTURE(kind);
        const DeliveryOutcome outcome = world.deliver(delivery);
        CAPTURE(outcome.detail);
        CHECK(outcome.result == DeliveryResult::delivered);
        CHECK(world.effect().find("ping") == std::string::npos);
        // Our own body stands for a template that has failed.
        CHECK_FALSE(world.server.last_request().at("body").as_object().contains("timestamp"));
        CHECK(world.server.last_request().at("service").as_string() == example.name);
        const bool shown = boost::json::serialize(world.server.last_request().at("body"))
                               .find("/ack/17.1.2.aGk") != std::string::npos;
        // Jira has it as a part of a text that may be cut, the status page has no use for it.
        if (example.has_link) CHECK(shown == (kind % 2 == 0));
      }
    }
  }
}

TEST_CASE("rules/receivers: what is wrong, since when, what next, what to do, how to stop it") {
  for (const Example& example : kExamples) {
    if (std::string_view(example.name) == "gatus") continue;  // the public's, not the on-call's
    ExampleWorld world(example.name, example.path);
    REQUIRE(world.deliver(sample_notice(NoticeKind::opened)).result == DeliveryResult::delivered);
    std::string said = boost::json::serialize(world.server.last_request().at("body"));
    std::erase(said, '\\');
    for (const char* needed :
         {"3.1 % of requests fail (threshold 0.5 %) on web-1:8000", "since 03:00 UTC (2 min)",
          "level 2 in 5 min (03:07 UTC)", "People cannot pay", "https://runbooks.example.com",
          "tocsin ack 17", "tocsin silence 17 --for 1h"}) {
      CAPTURE(example.name);
      CAPTURE(needed);
      CHECK(said.find(needed) != std::string::npos);
    }
  }
}

TEST_CASE("rules/receivers: every example has its test, and only a pager wakes") {
  std::set<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TOCSIN_SOURCE_DIR) + "/rules/receivers")) {
    files.insert(entry.path().stem().string());
  }
  std::set<std::string> tested;
  for (const Example& example : kExamples) {
    tested.insert(example.name);
    const config::ReceiverDefinition definition = shipped_receiver(example.name);
    const bool pager = std::string(example.name) == "jira-operations";
    CHECK(definition.receiver.wakes == pager);
    const bool status_page = std::string(example.name) == "gatus";
    CHECK(definition.receiver.by_key == (pager || status_page));
  }
  CHECK(files == tested);
}

TEST_CASE("rules/receivers: an alert of Jira is created, acknowledged and closed under its alias") {
  ExampleWorld world("jira-operations", "/jsm/alerts");
  Delivery delivery = sample_notice(NoticeKind::opened);
  const std::string alias = delivery.dedup_key;
  CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
  CHECK(world.effect() == "create " + alias);
  delivery = sample_notice(NoticeKind::acknowledged);
  CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
  CHECK(world.effect() == "acknowledge " + alias);
  delivery = sample_notice(NoticeKind::closed);
  CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
  CHECK(world.effect() == "close " + alias);
}

TEST_CASE("rules/receivers: an incident opens an entry of a status page, and its close closes it") {
  ExampleWorld world("gatus", "/api/v1/endpoints/shop_checkout/external");
  const auto shows = [&world](NoticeKind kind, bool drill = false) {
    Delivery delivery = sample_notice(kind);
    delivery.notice.drill = drill;
    CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
    return world.effect();
  };
  CHECK(shows(NoticeKind::test) == "green");
  CHECK(shows(NoticeKind::opened) == "red: incident 17 since 2026-03-14T03:02:00Z");
  CHECK(shows(NoticeKind::acknowledged) == "red: incident 17 since 2026-03-14T03:02:00Z");
  CHECK(shows(NoticeKind::closed) == "green");
  CHECK(shows(NoticeKind::opened, true) == "green");
}

TEST_CASE("webhook: the waiting time is also read where it stands in the body") {
  for (const auto& [name, path, wait] :
       {std::tuple{"telegram", "/bot1:t/sendMessage", Duration(seconds(11))},
        std::tuple{"discord", "/api/webhooks/1/t?wait=true", Duration(seconds(7))}}) {
    ExampleWorld world(name, path);
    world.tell("/_control", R"({"mode": "429", "count": 1, "retry_after": 7})");
    const DeliveryOutcome outcome = world.deliver(sample_delivery());
    CHECK(outcome.result == DeliveryResult::retryable);
    CHECK(outcome.retry_after == wait);
  }
}
