// Templates of the title and the description where the message's form is tocsin's.
// Risk: no notice, or one that says nothing, because of a template; a template that reaches what
// it is not meant for.
#include "receivers/own_words.hpp"

#include <doctest/doctest.h>

#include "receivers/email.hpp"
#include "receivers/preview.hpp"
#include "receivers/sample_notice.hpp"
#include "receivers/slack_message.hpp"
#include "tocsin/base/text.hpp"

using namespace tocsin;
using namespace tocsin::receivers;

namespace {

config::ReceiverDefinition wording(const std::string& title, const std::string& text) {
  config::ReceiverDefinition definition;
  definition.receiver.name = "chat";
  definition.title = title;
  definition.text = text;
  return definition;
}

std::vector<decltype(config::ReceiverDefinition::kind)> all_kinds() {
  config::SlackReceiver hook;
  hook.webhook.reference = "value:https://example.com";
  config::SlackReceiver bot;
  bot.token.reference = "value:xoxb";
  bot.channel = "C0123456789";
  return {hook, bot, config::PagerDutyReceiver{}, config::EmailReceiver{},
          config::ConsoleReceiver{}};
}

struct Told : Receiver {
  explicit Told(std::vector<Delivery>& all) : all_(all) {}
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override {
    all_.push_back(delivery);
    done({});
  }
  std::vector<Delivery>& all_;
};

}  // namespace

TEST_CASE("own words: title and text are the templates', all else the notice's") {
  const Delivery sample = sample_notice(NoticeKind::opened);
  const OwnWords words = in_own_words(
      wording("{{title | shorten 20}} [{{policy}}]",
              "{{description}}\n{{each alerts 1}}see {{alert.labels.instance}}{{end}}"),
      sample);
  CHECK(words.fault.empty());
  const Notice& notice = words.delivery.notice;
  CHECK(notice.title.ends_with("[" + sample.notice.policy + "]"));
  CHECK(notice.title.size() <= 20 + 3 + sample.notice.policy.size());
  CHECK(notice.shown.text == sample.notice.description + "\nsee web-1:8000");
  CHECK(notice.severity == sample.notice.severity);
  CHECK(words.delivery.dedup_key == sample.dedup_key);
}

TEST_CASE("own words: a template that fails costs its own text") {
  const Delivery sample = sample_notice(NoticeKind::opened);
  std::string endless;
  for (int i = 0; i < 200; ++i) endless += "{{title}}{{title}}";
  for (const std::string& bad :
       {std::string("{{acknowledged_by}} \t"), endless, std::string("{{no such field}}")}) {
    CAPTURE(bad);
    const OwnWords words = in_own_words(wording(bad, "{{host}}"), sample);
    CHECK(words.fault.find("`title`") != std::string::npos);
    CHECK(words.delivery.notice.title == sample.notice.title);
    CHECK(words.delivery.notice.shown.text == sample.notice.host);
    CHECK_FALSE(own_words_trouble(wording(bad, "")).empty());
  }
  CHECK(own_words_trouble(wording("{{title}}", "{{if drill}}no{{end}}")).empty());
  CHECK(own_words_trouble(wording("", "")).empty());
}

TEST_CASE("own words: a summary, a test and a change have them too, and so has a story") {
  for (const NoticeKind kind : {NoticeKind::summary, NoticeKind::test, NoticeKind::change}) {
    CAPTURE(to_string(kind));
    Delivery sample = sample_notice(kind);
    sample.stories.push_back({"place", sample_notice(NoticeKind::closed).notice});
    auto definition = wording("mine: {{title}}", "{{kind}} of {{host}}");
    definition.mark = "[{{mark | lower}}]";
    definition.facts = {{"Where", "{{host}}"}, {"Since", "{{opened_clock}}{{lasted}}{{impact}}"}};
    const OwnWords words = in_own_words(definition, sample);
    CHECK(words.fault.empty());
    const Notice& told = words.delivery.notice;
    CHECK(told.title == "mine: " + sample.notice.title);
    CHECK(told.shown.text == std::string(to_string(kind)) + " of web-1");
    CHECK(told.shown.facts->size() == 1);
    const Notice& story = words.delivery.stories[0].notice;
    CHECK(story.title == "mine: " + sample.stories[0].notice.title);
    CHECK(story.shown.text == "closed of web-1");
    for (const auto& each : all_kinds()) {
      definition.kind = each;
      const std::string shown = preview(definition, sample);
      CAPTURE(shown);
      CHECK(shown.find("mine: " + sample.notice.title) != std::string::npos);
      CHECK(shown.find(std::string(to_string(kind)) + " of web-1") != std::string::npos);
      // A pager's list of changes has no place for a mark.
      const bool listed =
          kind == NoticeKind::change && std::holds_alternative<config::PagerDutyReceiver>(each);
      CHECK((shown.find("[" + lowercase(mark(sample.notice)) + "]") != std::string::npos) !=
            listed);
    }
  }
}

TEST_CASE("own words: every kind of receiver shows them, and its preview") {
  auto definition = wording("disk <!channel> full", "Look in the wiki.\nThen call.");
  config::SlackReceiver slack;
  slack.webhook.reference = "value:https://example.com";
  definition.kind = slack;
  const Delivery sample = sample_notice(NoticeKind::opened);
  for (const decltype(definition.kind)& kind :
       {decltype(definition.kind)(slack), decltype(definition.kind)(config::PagerDutyReceiver{}),
        decltype(definition.kind)(config::EmailReceiver{}),
        decltype(definition.kind)(config::ConsoleReceiver{})}) {
    definition.kind = kind;
    const std::string shown = preview(definition, sample);
    CAPTURE(shown);
    CHECK(shown.find("critical: disk <!channel> full on ") != std::string::npos);
    CHECK(shown.find("Look in the wiki.") != std::string::npos);
    CHECK(shown.find("Then call.") != std::string::npos);
  }
  definition.title = "{{acknowledged_by}}";
  CHECK(preview(definition, sample).starts_with("! the template of `title` fails"));
}

TEST_CASE("own words: what is sent has them") {
  std::vector<Delivery> told;
  const auto definition = wording("mine", "");
  const auto receiver = with_own_words(definition, std::make_unique<Told>(told), "tocsin");
  int answers = 0;
  receiver->deliver(sample_notice(NoticeKind::opened), [&](DeliveryOutcome) { ++answers; });
  CHECK(answers == 1);
  REQUIRE(told.size() == 1);
  CHECK(told[0].notice.title == "mine");
}

namespace {

config::ReceiverDefinition of_kind(decltype(config::ReceiverDefinition::kind) kind) {
  config::ReceiverDefinition definition;
  definition.receiver.name = "mine";
  definition.kind = std::move(kind);
  definition.mark = "{{symbol}}<{{mark | lower}}>";
  definition.severity = "{{if severity == \"critical\"}}SEV1{{else}}SEV2{{end}}";
  definition.facts = {{"Where", "{{host}} & more"}, {"Nobody", "{{acknowledged_by}}"}};
  return definition;
}

}  // namespace

TEST_CASE("own words: mark, severity and facts are the templates', in every kind") {
  const Delivery sample = sample_notice(NoticeKind::opened);
  for (const auto& kind : all_kinds()) {
    const std::string shown = preview(of_kind(kind), sample);
    CAPTURE(shown);
    CHECK(shown.find("SEV1: ") != std::string::npos);
    CHECK(shown.find("OPENED") == std::string::npos);
    const std::string_view from_sign = std::string_view(shown).substr(shown.find("🔴"));
    CHECK_MESSAGE(from_sign.substr(0, from_sign.find('\n')).rfind("🔴") == 0, "it stands once");
    CHECK(shown.find(">") != std::string::npos);
    CHECK(shown.find(sample.notice.host + " & more") != std::string::npos);
    CHECK(shown.find("Nobody") == std::string::npos);
    CHECK(shown.find("impact") == std::string::npos);
  }
}

TEST_CASE("own words: a message that is kept up to date begins with how the incident stands") {
  Delivery closed = sample_notice(NoticeKind::closed);
  const Notice notice = in_own_words(of_kind(all_kinds()[1]), closed).delivery.notice;
  REQUIRE(notice.shown.mark.has_value());
  CHECK(*notice.shown.mark == "✅<closed #17 after 41 min>");
  CHECK(notice.shown.standing->starts_with("✅<closed #17 after "));
}

TEST_CASE(
    "own words: nothing in place of mark, severity and facts is nothing, and no empty block") {
  config::ReceiverDefinition definition;
  definition.mark = "";
  definition.severity = "";
  definition.facts.emplace();
  Delivery sample = sample_notice(NoticeKind::opened);
  sample.notice.reason.clear();
  for (const auto& kind : all_kinds()) {
    definition.kind = kind;
    const std::string shown = preview(definition, sample);
    CAPTURE(shown);
    CHECK(shown.find("OPENED") == std::string::npos);
    CHECK(shown.find("critical: ") == std::string::npos);
    CHECK(shown.find("Incident") == std::string::npos);
    CHECK(shown.find("[]") == std::string::npos);
  }
}

TEST_CASE("own words: where one fails, tocsin's own stand, and the others are kept") {
  auto definition = of_kind(config::ConsoleReceiver{});
  definition.mark = "{{no such field}}";
  const Delivery sample = sample_notice(NoticeKind::opened);
  OwnWords words = in_own_words(definition, sample);
  CHECK(words.fault.find("`mark`") != std::string::npos);
  CHECK_FALSE(words.delivery.notice.shown.mark.has_value());
  CHECK(words.delivery.notice.shown.severity == "SEV1");
  definition = of_kind(config::ConsoleReceiver{});
  definition.facts->push_back({"Bad", "{{no such field}}"});
  definition.actions = definition.facts;
  words = in_own_words(definition, sample);
  CHECK(words.fault.find("`facts`") != std::string::npos);
  CHECK_FALSE(words.delivery.notice.shown.facts.has_value());
  CHECK_FALSE(words.delivery.notice.shown.actions.has_value());
  CHECK(preview(definition, sample).find("tocsin ack ") != std::string::npos);
  CHECK(preview(definition, sample).find("impact") != std::string::npos);
}

TEST_CASE("own words: what happens next and what to do are the templates', in every kind") {
  const Delivery sample = sample_notice(NoticeKind::opened);
  config::ReceiverDefinition definition;
  definition.next = "{{next}} Do not wait for it.";
  definition.actions = {{"Take it", "ssh {{host}} {{acknowledge}}"}, {"Wiki", "{{runbook}}"}};
  for (const auto& kind : all_kinds()) {
    definition.kind = kind;
    const std::string shown = preview(definition, sample);
    CAPTURE(shown);
    CHECK(shown.find("unless somebody acknowledges. Do not wait for it.") != std::string::npos);
    CHECK(shown.find("Take it") != std::string::npos);
    CHECK(shown.find("ssh " + sample.notice.host + " tocsin ack ") != std::string::npos);
    CHECK(shown.find("tocsin silence ") == std::string::npos);
  }
  definition.next = "";
  definition.actions.emplace();
  for (const auto& kind : all_kinds()) {
    definition.kind = kind;
    const std::string shown = preview(definition, sample);
    CAPTURE(shown);
    CHECK(shown.find("unless somebody") == std::string::npos);
    CHECK(shown.find("tocsin ack ") == std::string::npos);
    CHECK(shown.find("[]") == std::string::npos);
  }
}

TEST_CASE("own words: a hostile label breaks out of none of them") {
  const std::string bad = "<!channel> `*_ \x1b[31m</td><script>\"}\n{{host}}";
  Delivery sample = sample_notice(NoticeKind::opened);
  sample.notice.host = bad;
  sample.notice.description = "one\ntwo";
  for (const auto& kind : all_kinds()) {
    auto definition = of_kind(kind);
    definition.mark = "{{host}}{{description}}";
    definition.severity = "{{host}}{{description}}";
    definition.facts->push_back({"What", "{{description}}"});
    definition.next = "{{host}}{{description}}";
    definition.actions.emplace().push_back({"Do", "{{host}}{{description}}"});
    const OwnWords words = in_own_words(definition, sample);
    CHECK(words.delivery.notice.shown.mark->find_first_of("\n\x1b") == std::string::npos);
    CHECK(words.delivery.notice.shown.severity->find_first_of("\n\x1b") == std::string::npos);
    for (const auto& [name, value] : *words.delivery.notice.shown.facts)
      CHECK(value.find_first_of("\n\x1b") == std::string::npos);
    for (const auto& [name, value] : *words.delivery.notice.shown.actions)
      CHECK(value.find_first_of("\n\x1b") == std::string::npos);
    CHECK(words.delivery.notice.shown.next->find_first_of("\n\x1b") == std::string::npos);
    const std::string message = slack_message(words.delivery);
    CHECK(message.find("<!channel>") == std::string::npos);
    CHECK(message.find("<script>") == std::string::npos);
    CHECK(email_html(words.delivery.notice).find("<script>") == std::string::npos);
    CHECK(preview(definition, sample).find('\x1b') == std::string::npos);
  }
}
