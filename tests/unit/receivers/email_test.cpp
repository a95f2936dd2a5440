// Risk: a label that becomes a header, a recipient or markup; a thread that falls apart.
#include "receivers/email.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "receivers/sample_notice.hpp"
#include "unit/receivers/sample_delivery.hpp"

using namespace tocsin;
using receivers::email_html;
using receivers::email_message;
using receivers::encoded_header;
using testing::hostile_delivery;
using testing::sample_delivery;

namespace {

config::EmailReceiver ops() {
  config::EmailReceiver receiver;
  receiver.server = "mail.example.com:587";
  receiver.from = "tocsin@example.com";
  receiver.to = {"ops@example.com", "lead@example.com"};
  return receiver;
}

std::string header(const receivers::EmailMessage& message, std::string_view name) {
  const auto found = std::find_if(message.headers.begin(), message.headers.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == message.headers.end() ? "" : found->second;
}

}  // namespace

TEST_CASE("email: headers of an open") {
  const receivers::EmailMessage message = email_message(sample_delivery(), ops());
  CHECK(header(message, "Subject") == "[OPENED #17] critical: CPU busy on web-1");
  CHECK(header(message, "From") == "tocsin <tocsin@example.com>");
  CHECK(header(message, "To") == "ops@example.com,\r\n lead@example.com");
  CHECK(header(message, "Date") == "Wed, 31 Dec 2025 09:15:00 +0000");
  CHECK(header(message, "Importance") == "high");
  CHECK(header(message, "Message-ID").ends_with("@example.com>"));
}

TEST_CASE("email: all mails of an incident refer to one that is its own") {
  Delivery later = sample_delivery();
  later.id = DeliveryId(72);
  later.action = DeliveryAction::close;
  later.notice.kind = NoticeKind::closed;
  const auto open = email_message(sample_delivery(), ops());
  const auto close = email_message(later, ops());
  CHECK(header(open, "References") == header(close, "References"));
  CHECK(header(open, "Message-ID") != header(close, "Message-ID"));
  CHECK(header(open, "Message-ID") ==
        header(email_message(sample_delivery(), ops()), "Message-ID"));
  Delivery other = sample_delivery();
  other.notice.incident = IncidentId(18);
  CHECK(header(email_message(other, ops()), "References") != header(open, "References"));
  // The number is given anew after a state was lost; then it opened at another time.
  Delivery reborn = sample_delivery();
  reborn.notice.opened += hours(1);
  CHECK(header(email_message(reborn, ops()), "References") != header(open, "References"));
}

TEST_CASE("email: a header's text is ASCII, in words of whole characters and bounded length") {
  CHECK(encoded_header("plain") == "plain");
  CHECK(encoded_header("drei Äpfel") == "=?UTF-8?B?ZHJlaSDDhHBmZWw=?=");
  CHECK(encoded_header("=?x") == "=?UTF-8?B?PT94?=");
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "ü";
  const std::string encoded = encoded_header("x" + umlauts);
  std::size_t at = 0;
  while (at != std::string::npos) {
    const std::size_t end = encoded.find("\r\n", at);
    CHECK(encoded.substr(at, end - at).size() <= 76);
    at = end == std::string::npos ? end : end + 2;
  }
}

TEST_CASE("email: hostile labels stay text") {
  const Delivery hostile = hostile_delivery();
  const receivers::EmailMessage message = email_message(hostile, ops());
  for (const auto& [name, value] : message.headers) {
    for (std::size_t at = 0; at < value.size(); ++at) {
      const bool folded = value[at] == '\r' || value[at] == '\n' ||
                          (value[at] == ' ' && at > 0 && value[at - 1] == '\n');
      const bool printable = value[at] >= ' ' && value[at] < 0x7f;
      CHECK_MESSAGE((folded || printable), name);
      if (value[at] == '\n') CHECK(value.substr(at, 2) == "\n ");
    }
  }
  const std::string html = email_html(hostile.notice);
  CHECK(html.find("<!channel>") == std::string::npos);
  CHECK(html.find("href=\"javascript") == std::string::npos);
  CHECK(html.find('\x1b') == std::string::npos);
  CHECK(html.find("&lt;!channel&gt;") != std::string::npos);
  for (const std::string_view tag : {"<script", "<img", "<link", "src="})
    CHECK(html.find(tag) == std::string::npos);
}

TEST_CASE("email: what is to be done stands above a long list of alerts") {
  Notice notice = receivers::sample_notice(NoticeKind::opened, 500).notice;
  notice.acknowledge_url = "https://tocsin.example.com/ack/17.1.2.aGk";
  const std::string html = email_html(notice);
  const auto place = [&html](std::string_view text) {
    const auto at = html.find(text);
    CAPTURE(text);
    REQUIRE(at != std::string::npos);
    return at;
  };
  CHECK(place("web-3:8000") < place("and 497 more"));
  CHECK(place("and 497 more") < place("I have it in hand"));
  CHECK(place("tocsin silence") < place("web-4:8000"));
  CHECK(html.find("web-21:8000") == std::string::npos);
}
