// A notice as a mail's headers and its text form.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>

#include "receivers/base64.hpp"
#include "receivers/email.hpp"
#include "receivers/webhook.hpp"
#include "receivers/wording.hpp"
#include "tocsin/base/hash.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

// An encoded word has at most 75 characters (RFC 2047, 2), of which "=?UTF-8?B?" and "?=" are 12.
constexpr std::size_t kEncodedBytes = 45;
constexpr std::size_t kPlainMost = 60;
constexpr std::size_t kSubjectBytes = 400;

std::string domain_of(std::string_view address) {
  return std::string(address.substr(address.find('@') + 1));
}

std::string date(WallTime at) {
  const auto utc = fmt::gmtime(std::chrono::floor<seconds>(at).time_since_epoch().count());
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", utc);
}

/// The incident's own: all of its mails refer to it, whichever of them comes first.
std::string thread_id(const Notice& notice, std::string_view receiver) {
  StableHash hash;
  hash.add(notice.host).add(receiver).add(notice.incident.value);
  hash.add(static_cast<std::uint64_t>(notice.opened.time_since_epoch().count()));
  return "incident." + hash.hex();
}

std::string subject(const Notice& notice) {
  const std::string lead = mark(notice);
  return (lead.empty() ? "" : "[" + lead + "] ") + headline(notice);
}

std::string_view importance(const Notice& notice) {
  const bool calm = notice.kind == NoticeKind::closed || notice.kind == NoticeKind::acknowledged;
  return notice.severity == Severity::critical && !calm ? "high" : "normal";
}

}  // namespace

std::string encoded_header(std::string_view text) {
  const bool plain =
      text.size() <= kPlainMost && text.find("=?") == std::string_view::npos &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
  if (plain) return std::string(text);
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::size_t end = std::min(kEncodedBytes, rest.size());
    // Each word holds whole characters.
    while (end > 1 && end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xc0U) == 0x80)
      --end;
    out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base64(rest.substr(0, end)) + "?=");
    rest.remove_prefix(end);
  }
  return out;
}

EmailMessage email_message(const Delivery& delivery, const config::EmailReceiver& definition,
                           std::string_view program) {
  const Notice& notice = delivery.notice;
  const std::string domain = domain_of(definition.from);
  EmailMessage out;
  const auto add = [&out](std::string name, std::string value) {
    out.headers.emplace_back(std::move(name), std::move(value));
  };
  std::string recipients;
  for (const std::string& each : definition.to)
    recipients += (recipients.empty() ? "" : ",\r\n ") + each;
  add("Date", date(notice.at));
  add("From", "tocsin <" + definition.from + ">");
  add("To", recipients);
  add("Subject", encoded_header(one_line(subject(notice), kSubjectBytes)));
  add("Message-ID", fmt::format("<{}@{}>", webhook_id(delivery), domain));
  if (notice.incident) {
    const std::string thread = fmt::format("<{}@{}>", thread_id(notice, delivery.receiver), domain);
    add("In-Reply-To", thread);
    add("References", thread);
  }
  add("Importance", std::string(importance(notice)));
  // RFC 3834: no holiday replies.
  add("Auto-Submitted", "auto-generated");

  out.text = led_by(mark(notice), notice) + "\n\n";
  for (const std::string& line : plain_lines(notice, program)) out.text += line + "\n";
  out.html = email_html(notice, program);
  return out;
}

}  // namespace tocsin::receivers
