// Every kind of notice as every receiver shows it, for one instance, 5, 500 and for hostile labels,
// in files for people to read: tests/unit/receivers/golden. A change of words shows in a diff
// there. email-pages.html is for a browser: all mails as a mail program shows them, one below the
// other.
//
//   TOCSIN_WRITE_GOLDEN=1 build/debug/tests/unit-io -tc='golden*'
//
// writes them anew.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "receivers/email.hpp"
#include "receivers/preview.hpp"
#include "receivers/sample_notice.hpp"
#include "support/zone_file.hpp"
#include "tocsin/base/text.hpp"

using namespace tocsin;

namespace {

/// What somebody who may choose a label, a log line or a target's answer would write.
constexpr std::string_view kHostile =
    "<!channel> <@U1> @everyone *b* `c` [a](http://evil.example) <b>h</b> {{host}} \"q\" \\ "
    "\x1b[31mred\x1b[0m\r\nX-Evil: 1 \xff \xe2\x80\xae";

Delivery hostile_sample(NoticeKind kind) {
  Delivery delivery = receivers::sample_notice(kind);
  Notice& notice = delivery.notice;
  const std::string evil(kHostile);
  notice.title = evil;
  notice.host_labels = Labels{{"env", evil}};
  notice.description = evil;
  notice.reason = evil;
  notice.runbook = "javascript:alert(1)//" + evil;
  notice.last_change = evil;
  notice.also_open = {evil};
  if (!notice.link.empty()) notice.link = notice.runbook;
  if (!notice.verdict.empty()) notice.verdict = evil;
  if (!notice.acknowledged_by.empty()) notice.acknowledged_by = evil;
  for (std::string& line : notice.lines) line = evil;
  for (NoticeAlert& alert : notice.alerts) {
    alert.summary = evil;
    alert.value = evil;
    alert.targets_say = evil;
    alert.labels = Labels{{"instance", "web-1:8000"}, {"path", evil}};
  }
  return delivery;
}

void measure_by_a_baseline(Notice& notice) {
  NoticeAlert& alert = notice.alerts.front();
  alert.rule = "SignupsDrop";
  alert.labels = {};
  alert.value = "118";
  alert.threshold = "30 % below normal";
  alert.summary =
      "Fewer people sign up than usual: 60 % below (361 in "
      "15 min, expected 900 ± 60 at this time of the week), less than one in a million by chance";
  notice.title = alert.summary;
  notice.reason = "SignupsDrop fires";
  alert.recent = {291, 305, std::nan(""), 288, 310, 302, 297, 311, 306, 121, 122, 118};
  alert.band = {{290, 292, std::nan(""), 295, 296, 297, 298, 299, 300, 300, 300, 300},
                {210, 212, std::nan(""), 215, 216, 217, 218, 219, 220, 220, 220, 220},
                {370, 372, std::nan(""), 375, 376, 377, 378, 379, 380, 380, 380, 380}};
}

config::ReceiverDefinition golden_receiver(std::string_view name) {
  config::ReceiverDefinition definition;
  if (name == "slack") definition.kind = config::SlackReceiver{};
  if (name == "slack-bot") {
    config::SlackReceiver slack;
    slack.token.reference = "credential:bot";
    slack.channel = "C0123456789";
    definition.kind = slack;
  }
  if (name == "pagerduty") definition.kind = config::PagerDutyReceiver{};
  if (name == "email") {
    config::EmailReceiver email;
    email.from = "tocsin@example.com";
    email.to = {"ops@example.com"};
    definition.kind = email;
  }
  if (name == "webhook") definition.kind = config::WebhookReceiver{};
  return definition;
}

std::string shown_by(std::string_view receiver, const std::string& name, const Delivery& delivery) {
  if (receiver == "email-pages")
    return "<hr><h2>" + name + "</h2>\n" + receivers::email_html(delivery.notice) + "\n";
  return "==== " + name + "\n" + receivers::preview(golden_receiver(receiver), delivery) + "\n";
}

std::string golden_text(std::string_view receiver) {
  std::string out;
  const auto add = [&](const std::string& name, const Delivery& delivery) {
    out += shown_by(receiver, name, delivery);
  };
  for (int i = 0; i < kNoticeKinds; ++i) {
    const auto kind = static_cast<NoticeKind>(i);
    const std::string name(to_string(kind));
    const bool of_alerts = is_of_incident(kind);
    for (const std::size_t alerts : {1, 5, 500}) {
      if (alerts > 1 && !of_alerts) continue;
      add(name + (of_alerts ? ", alerts: " + std::to_string(alerts) : ""),
          receivers::sample_notice(kind, alerts));
    }
    add(name + ", hostile labels", hostile_sample(kind));
  }
  Delivery fewer = receivers::sample_notice(NoticeKind::opened);
  measure_by_a_baseline(fewer.notice);
  add("opened, of a rule with a baseline", fewer);
  for (const NoticeKind kind : {NoticeKind::opened, NoticeKind::acknowledged, NoticeKind::closed}) {
    Delivery elsewhere = receivers::sample_notice(kind);
    elsewhere.notice.shown.zone = testing::berlin();
    elsewhere.notice.also_open = {"#12 DiskWillFill, level 2", "#14 UnitFailed, level 1"};
    add(std::string(to_string(kind)) + ", shown in Berlin", elsewhere);
  }
  for (const int level : {2, 3, 4}) {
    add("level " + std::to_string(level),
        receivers::sample_notice(NoticeKind::opened, 1, minutes(5) * (level - 1)));
  }
  Delivery drill = receivers::sample_notice(NoticeKind::opened);
  drill.notice.drill = true;
  add("a drill, opened", drill);
  Delivery linked = receivers::sample_notice(NoticeKind::opened);
  linked.notice.acknowledge_url = "https://tocsin.example.com/ack/17.1773457320.1773543720.aGk";
  add("opened, with a link that acknowledges", linked);
  return out;
}

}  // namespace

TEST_CASE("golden: every notice is shown by every receiver as the files say") {
  const bool write = std::getenv("TOCSIN_WRITE_GOLDEN") != nullptr;
  for (const std::string receiver :
       {"console", "slack", "slack-bot", "pagerduty", "email", "email-pages", "webhook"}) {
    const std::string path = std::string(TOCSIN_SOURCE_DIR) + "/tests/unit/receivers/golden/" +
                             receiver + (receiver == "email-pages" ? ".html" : ".txt");
    const std::string now = golden_text(receiver);
    if (write) std::ofstream(path) << now;
    std::ifstream in(path);
    std::ostringstream held;
    held << in.rdbuf();
    const std::string expected = held.str();
    const auto [here, there] =
        std::mismatch(now.begin(), now.end(), expected.begin(), expected.end());
    const auto line = std::count(now.begin(), here, '\n') + 1;
    CAPTURE(path);
    CAPTURE(line);
    CHECK(now == expected);
    if (now != expected) break;
  }
}

TEST_CASE("golden: nothing that a terminal obeys comes out of a preview, whatever a label holds") {
  for (const char* receiver : {"console", "slack", "slack-bot", "pagerduty", "email", "webhook"}) {
    for (int i = 0; i < kNoticeKinds; ++i) {
      const std::string text =
          receivers::preview(golden_receiver(receiver), hostile_sample(static_cast<NoticeKind>(i)));
      CAPTURE(receiver);
      CHECK(text == valid_utf8(text));
      CHECK(std::none_of(text.begin(), text.end(), [](char c) {
        return c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
      }));
      CHECK(text.find("\xe2\x80\xae") == std::string::npos);
      // A description keeps its lines; a mail's header has none to break into.
      const std::string head = text.substr(0, text.find("\n\n"));
      const bool mail = std::string_view(receiver) == "email";
      CHECK_FALSE((mail && head.find("\nX-Evil") != std::string::npos));
    }
  }
}
