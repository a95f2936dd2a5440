// Every value stands in plain_text or in a code span, escaped; all
// markup is our own. What the limits are is said in tests/support/receiver_server.py, which refuses
// what Slack refuses.
#include "receivers/slack_message.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

namespace json = boost::json;

// All in bytes of the escaped text, where Slack counts characters: never less strict than Slack.
constexpr std::size_t kCommandMost = 500;  ///< paths may stand in it
constexpr std::size_t kHeaderMost = 150;
constexpr std::size_t kFieldMost = 600;
constexpr std::size_t kFactNameMost = 300;
constexpr std::size_t kFallbackMost = 1500;
constexpr std::size_t kDescriptionMost = 1200;
constexpr std::size_t kListMost = 2800;
constexpr std::size_t kAlertMost = 600;
constexpr std::size_t kAlertsInMessage = 8;
constexpr std::size_t kBriefMost = 300;  ///< of an alert that has one line
constexpr std::size_t kBriefListMost = 1000;
constexpr std::size_t kSlackLineMost = 200;
constexpr std::string_view kEllipsis = "…";

/// Slack decodes these three in every text object; an unescaped "<!channel>" would wake them all.
/// Cut, where it must be, between characters and never within an entity.
std::string escaped(std::string_view text, std::size_t max_bytes) {
  std::string out;
  std::size_t cut = 0;  // the longest beginning that leaves room for the ellipsis
  for (const char c : text) {
    const bool begins_character = (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
    if (begins_character && out.size() + kEllipsis.size() <= max_bytes) cut = out.size();
    const std::string_view as = c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "";
    out += as.empty() ? std::string_view(&c, 1) : as;
    if (out.size() > max_bytes) return out.substr(0, cut) + std::string(kEllipsis);
  }
  return out;
}

/// A code span; its content cannot end it.
std::string code(std::string_view text, std::size_t max_bytes) {
  std::string raw(text);
  std::replace(raw.begin(), raw.end(), '`', '\'');
  if (trim(raw).empty()) raw = "-";
  return "`" + escaped(raw, max_bytes) + "`";
}

json::object plain(std::string_view text, std::size_t max_bytes) {
  return {{"type", "plain_text"}, {"text", escaped(text, max_bytes)}, {"emoji", false}};
}

json::object markup(std::string text) {
  return {{"type", "mrkdwn"}, {"text", std::move(text)}, {"verbatim", true}};
}

json::object section(json::object text) {
  return {{"type", "section"}, {"text", std::move(text)}};
}

/// A link, or the text as it stands where it is none.
std::string link(std::string_view url, std::string_view name) {
  const std::string safe = safe_url(url);
  if (safe.empty()) return code(one_line(url, 300), 1500);
  return "<" + escaped(safe, 2900) + "|" + std::string(name) + ">";
}

void add_unlisted(json::array& blocks, const Notice& notice, std::size_t listed) {
  const std::string more = unlisted(notice, listed);
  if (!more.empty()) blocks.push_back(section(plain(more, kSlackLineMost)));
}

void add_alert(json::array& blocks, const NoticeAlert& alert, const Notice& notice) {
  const std::string text = alert_line(alert, notice) + "\n" + alert_detail(alert);
  blocks.push_back(section(plain(text, kAlertMost)));
}

/// `said` is what the header shows whole; "" where it had to be cut.
void add_top_alerts(json::array& blocks, const Notice& notice, std::string_view said) {
  if (lists_below(notice)) {
    add_alert(blocks, notice.alerts.front(), notice);
    std::string lines;
    for (std::size_t i = 1; i < kAlertsOnTop; ++i)
      lines += "• " + shortened(alert_line(notice.alerts[i], notice), kBriefMost) + "\n";
    blocks.push_back(section(plain(lines + "• " + unlisted(notice, kAlertsOnTop), kBriefListMost)));
    return;
  }
  for (const NoticeAlert& alert : notice.alerts) {
    const std::string text = alert_below(alert, notice, said) + "\n" + alert_detail(alert);
    blocks.push_back(section(plain(text, kAlertMost)));
  }
  add_unlisted(blocks, notice, notice.alerts.size());
}

void add_other_alerts(json::array& blocks, const Notice& notice) {
  const std::size_t listed = std::min(notice.alerts.size(), kAlertsInMessage);
  for (std::size_t i = kAlertsOnTop; i < listed; ++i) add_alert(blocks, notice.alerts[i], notice);
  add_unlisted(blocks, notice, listed);
}

void add_list(json::array& blocks, const std::vector<std::string>& lines) {
  std::string text;
  std::size_t shown = 0;
  for (const std::string& line : lines) {
    const std::string next = "• " + one_line(line, kSlackLineMost) + "\n";
    if (escaped(text + next, SIZE_MAX).size() > kListMost - 40) break;
    text += next;
    ++shown;
  }
  if (shown < lines.size()) text += "• and " + std::to_string(lines.size() - shown) + " more\n";
  if (!text.empty()) blocks.push_back(section(plain(trim(text), kListMost)));
}

void add_links(json::array& blocks, const Notice& notice) {
  std::string links;
  const auto add = [&links](const std::string& text) {
    links += (links.empty() ? "" : "  ·  ") + text;
  };
  if (!notice.conference.empty()) {
    add("Conference: " + link(notice.conference, "join the call"));
  }
  if (!runbook_of(notice).empty()) add("Runbook: " + link(notice.runbook, "open"));
  if (!notice.link.empty()) add("More: " + link(notice.link, "open"));
  if (links.size() < 3000 && !links.empty()) blocks.push_back(section(markup(links)));
}

void add_next(json::array& blocks, const Notice& notice) {
  if (!notice.verdict.empty()) {
    blocks.push_back(section(plain("Verdict: " + one_line(notice.verdict, 400), 800)));
  }
  const std::string next = next_line(notice);
  if (!next.empty()) blocks.push_back(section(plain(next, 1000)));
  if (const std::string page = safe_url(notice.acknowledge_url); !page.empty()) {
    // No button: Slack tells an app of each press, and warns the person where no app answers it.
    blocks.push_back(section(markup("*" + link(page, "I have it in hand: acknowledge") + "*")));
  }
}

void add_actions(json::array& blocks, const Notice& notice, std::string_view program) {
  json::array elements;
  for (const Fact& action : actions(notice, program)) {
    const std::string where =
        on_host(notice).empty()
            ? ""
            : ", in a shell on " + code(one_line(notice.host, kSlackLineMost), kFieldMost);
    elements.push_back(markup(escaped(action.name, kFactNameMost) + where + ": " +
                              code(action.value, kCommandMost)));
  }
  if (elements.empty()) return;
  blocks.push_back(json::object{{"type", "context"}, {"elements", std::move(elements)}});
}

/// What a locked phone shows of it: little more than a hundred characters.
std::string fallback(const Notice& notice, std::string_view first) {
  const std::string said = headline(notice);
  std::string text = led_by(first, notice);
  if (!notice.alerts.empty()) {
    const NoticeAlert& worst = notice.alerts.front();
    const bool told = said.find(one_line(worst.summary, kSlackLineMost)) != std::string::npos;
    text += told ? measured(worst, said) + alert_standing(worst, notice)
                 : " - " + alert_line(worst, notice);
  }
  return escaped(text, kFallbackMost);
}

/// What a person needs at once; Slack folds up a long attachment, but not this.
json::array main_blocks(const Notice& notice, std::string_view title, std::string_view program) {
  json::array blocks;
  blocks.push_back(json::object{{"type", "header"}, {"text", plain(title, kHeaderMost)}});
  const bool whole = escaped(title, SIZE_MAX).size() <= kHeaderMost;
  add_top_alerts(blocks, notice, whole ? title : std::string_view());
  add_list(blocks, notice.lines);
  add_next(blocks, notice);
  const std::string description = what_to_do(notice, kDescriptionMost);
  if (!description.empty()) blocks.push_back(section(plain(description, kDescriptionMost)));
  add_links(blocks, notice);
  add_actions(blocks, notice, program);
  if (lists_below(notice)) add_other_alerts(blocks, notice);
  return blocks;
}

/// The facts, beside a bar in the severity's colour; none where there is nothing to show.
json::array coloured(const Notice& notice) {
  json::array fields;
  for (const Fact& fact : facts(notice)) {
    fields.push_back(
        markup("*" + escaped(fact.name, kFactNameMost) + "*\n" + code(fact.value, kFieldMost)));
  }
  json::array blocks;
  if (!fields.empty())
    blocks.push_back(json::object{{"type", "section"}, {"fields", std::move(fields)}});
  const std::string foot = footnote(notice);
  if (!foot.empty()) {
    json::array elements{plain(foot, 600)};
    blocks.push_back(json::object{{"type", "context"}, {"elements", std::move(elements)}});
  }
  if (blocks.empty()) return {};
  return {json::object{{"color", colour(notice)}, {"blocks", std::move(blocks)}}};
}

json::object content(const Notice& notice, SlackPart part, bool bare, std::string_view program) {
  const bool story = part == SlackPart::story;
  const std::string first = story ? standing(notice) : mark(notice);
  const std::string sign(notice.shown.mark ? "" : story ? standing_symbol(notice) : symbol(notice));
  // `mrkdwn: false`, so that the fallback's stars and backticks are shown as they are.
  json::object out{{"text", fallback(notice, first)}, {"mrkdwn", false}};
  // No preview of what the links lead to, under the message.
  out["unfurl_links"] = false;
  out["unfurl_media"] = false;
  const std::string title = led_by(sign.empty() ? first : sign + " " + first, notice);
  out["blocks"] = bare ? json::array() : main_blocks(notice, title, program);
  out["attachments"] = bare ? json::array() : coloured(notice);
  return out;
}

}  // namespace

std::string slack_message(const Delivery& delivery, std::string_view program) {
  return json::serialize(content(delivery.notice, SlackPart::message, false, program));
}

std::string slack_arguments(const Delivery& delivery, SlackPart part, const SlackPlace& place,
                            bool bare, std::string_view program) {
  json::object out = content(delivery.notice, part, bare, program);
  out["channel"] = place.channel;
  if (part == SlackPart::story && !place.ts.empty()) out["ts"] = place.ts;
  if (part == SlackPart::reply) {
    out["thread_ts"] = place.ts;
    // Nobody is called by what stands in a thread alone.
    out["reply_broadcast"] = delivery.action == DeliveryAction::open;
  }
  return json::serialize(out);
}

}  // namespace tocsin::receivers
