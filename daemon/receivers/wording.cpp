#include "receivers/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

constexpr std::size_t kTitleBytes = 300;
constexpr std::size_t kNameBytes = 120;
constexpr std::size_t kValueBytes = 60;
constexpr std::size_t kLabelsBytes = 300;
constexpr std::size_t kReasonBytes = 300;
constexpr std::size_t kReasonInMark = 60;
constexpr std::string_view kNotReal = "🧪";
constexpr std::size_t kNamesMost = 10;
constexpr std::size_t kUrlBytesMost = 2000;

bool awaits_a_person(const Notice& notice) {
  switch (notice.kind) {
    case NoticeKind::acknowledged:
    case NoticeKind::closed:
    case NoticeKind::summary:
    case NoticeKind::test:
    case NoticeKind::change:
      return false;
    default:
      return notice.acknowledged_by.empty();
  }
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesMost); ++i) {
    out += (out.empty() ? "" : ", ") + one_line(names[i], kNameBytes);
  }
  if (names.size() > kNamesMost) out += fmt::format(" and {} more", names.size() - kNamesMost);
  return out;
}

/// `{env="production", role="api"}` without braces and quotes: for people.
std::string label_list(const Labels& labels) {
  std::string out;
  for (const LabelView& label : labels) {
    out += fmt::format("{}{}={}", out.empty() ? "" : ", ", label.name, label.value);
    if (out.size() > kLabelsBytes) break;
  }
  return one_line(out, kLabelsBytes);
}

/// As a word of its own: `vm` is not in `vmstat`, nor `web-1` in `web-12` or `my-web-1`.
bool names_word(std::string_view text, std::string_view word) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end])))
      return true;
  }
  return false;
}

/// The summary speaks of value and threshold itself.
bool says(std::string_view summary, std::string_view quantity) {
  return !quantity.empty() && names_word(summary, quantity) &&
         summary.find("." + std::string(quantity)) == std::string_view::npos;
}

/// " #17", to stand behind the kind: by it the notices of one incident are told to be one's.
std::string number_of(const Notice& notice) {
  return notice.incident ? fmt::format(" #{}", notice.incident.value) : "";
}

/// Where that is what is new.
std::string why(const Notice& notice) {
  const bool brief = !notice.reason.empty() && notice.reason.size() <= kReasonInMark;
  return brief ? " (" + one_line(notice.reason, kReasonInMark) + ")" : "";
}

std::string closing(const Notice& notice) {
  return fmt::format("CLOSED{} after {}", number_of(notice), humanize_duration(notice.lasted));
}

/// So near, seconds count.
bool is_near(Duration away) {
  return away < minutes(2) && away > -minutes(2);
}

/// 80 %, of "above 80 %".
std::string_view limit_in(std::string_view threshold) {
  const std::size_t space = threshold.find(' ');
  return space == std::string_view::npos ? threshold : threshold.substr(space + 1);
}

/// Of a rule that only says yes or no: 1 (above 0), 0 (below 1). Its summary has said it.
bool says_yes_or_no(std::string_view value, std::string_view threshold) {
  return (value == "1" && threshold == "above 0") || (value == "0" && threshold == "below 1");
}

Fact opened(const Notice& notice) {
  const bool now = notice.lasted < seconds(1);
  return {"Opened", fmt::format("{} ({})", moment(notice.opened, notice),
                                now ? "just now" : humanize_duration(notice.lasted))};
}

Fact lasted(const Notice& notice) {
  const TimeZone& zone = notice.shown.zone;
  const std::string end = is_near(notice.lasted)
                              ? format_clock(notice.at, zone)
                              : format_minute(std::chrono::round<minutes>(notice.at), zone);
  return {"Lasted", fmt::format("{}, from {} to {}", humanize_duration(notice.lasted),
                                moment(notice.opened, notice), end)};
}

}  // namespace

std::string one_line(std::string_view text, std::size_t max_bytes) {
  return shortened(printable(shortened(text, max_bytes)), max_bytes);
}

std::string paragraph(std::string_view text, std::size_t max_bytes) {
  std::string out;
  std::string_view rest = text.substr(0, std::min(text.size(), max_bytes * 2));
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += printable(line);
    if (end < rest.size()) out += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return shortened(trim(out), max_bytes);
}

std::string mark(const Notice& notice) {
  if (notice.shown.mark) return *notice.shown.mark;
  const std::string drill = notice.drill ? "DRILL " : "";
  const std::string number = number_of(notice);
  const std::string level = fmt::format("LEVEL {}", notice.level);
  switch (notice.kind) {
    case NoticeKind::opened:
      return drill + (notice.level > 1 ? level : "OPENED") + number;
    case NoticeKind::repeated:
      return fmt::format("{}STILL OPEN{}, {}", drill, number, level);
    case NoticeKind::told_again:
      return fmt::format("{}RINGS AGAIN{}, {}{}", drill, number, level, why(notice));
    case NoticeKind::updated:
      return fmt::format("{}CHANGED{}, {}{}", drill, number, level, why(notice));
    case NoticeKind::severity_rose:
      return fmt::format("{}WORSE{}, {}{}", drill, number, level, why(notice));
    case NoticeKind::flapping:
      return fmt::format("{}FLAPPING{}, {}{}", drill, number, level, why(notice));
    case NoticeKind::acknowledged: {
      const std::string who = one_line(notice.acknowledged_by, kValueBytes);
      return fmt::format(
          "{}ACKNOWLEDGED{}{}{}", drill, number, who.empty() ? "" : " by " + who,
          notice.acknowledged_until ? " until " + moment(*notice.acknowledged_until, notice) : "");
    }
    case NoticeKind::closed:
      return drill + closing(notice);
    case NoticeKind::summary:
      return drill + "SUMMARY";
    case NoticeKind::test:
      return drill + "TEST";
    case NoticeKind::change:
      return "CHANGE";
  }
  return drill + "NOTICE";
}

std::string standing(const Notice& notice) {
  if (notice.shown.standing) return *notice.shown.standing;
  if (!notice.incident) return "";
  const std::string drill = notice.drill ? "DRILL " : "";
  if (notice.kind == NoticeKind::closed) return drill + closing(notice);
  const std::string who = one_line(notice.acknowledged_by, kValueBytes);
  return fmt::format("{}{}{}{}, LEVEL {}", drill,
                     !who.empty()                          ? "IN HAND"
                     : notice.kind == NoticeKind::flapping ? "FLAPPING"
                                                           : "OPEN",
                     number_of(notice), who.empty() ? "" : " (" + who + ")", notice.level);
}

std::string_view symbol(const Notice& notice) {
  if (notice.drill) return kNotReal;
  switch (notice.kind) {
    case NoticeKind::opened:
      if (notice.level > 1) return "⏫";
      if (notice.severity == Severity::critical) return "🔴";
      return notice.severity == Severity::warning ? "🟠" : "🔵";
    case NoticeKind::repeated:
      return "🔁";
    case NoticeKind::told_again:
      return "📢";
    case NoticeKind::updated:
      return "📝";
    case NoticeKind::severity_rose:
      return "📈";
    case NoticeKind::flapping:
      return "🌊";
    case NoticeKind::acknowledged:
      return "🙋";
    case NoticeKind::closed:
      return "✅";
    case NoticeKind::summary:
      return "📋";
    case NoticeKind::test:
      return kNotReal;
    case NoticeKind::change:
      return "🔧";
  }
  return "🔔";
}

std::string_view standing_symbol(const Notice& notice) {
  if (notice.drill) return kNotReal;
  if (notice.kind == NoticeKind::closed) return "✅";
  if (!notice.acknowledged_by.empty()) return "🙋";
  if (notice.kind == NoticeKind::flapping) return "🌊";
  if (notice.severity == Severity::critical) return "🔴";
  return notice.severity == Severity::warning ? "🟠" : "🔵";
}

std::string_view colour(const Notice& notice) {
  if (!is_of_incident(notice.kind)) return "#868686";
  if (notice.kind == NoticeKind::closed) return "#2eb67d";
  if (!notice.acknowledged_by.empty()) return "#1264a3";
  if (notice.severity == Severity::critical) return "#d92d20";
  return notice.severity == Severity::warning ? "#f79009" : "#36a2eb";
}

std::string severity_word(const Notice& notice) {
  return notice.shown.severity ? *notice.shown.severity : std::string(to_string(notice.severity));
}

std::string headline(const Notice& notice) {
  const std::string title = one_line(notice.title, kTitleBytes);
  const std::string host = one_line(notice.host, kNameBytes);
  const std::string where = host.empty() || names_word(title, host) ? "" : " on " + host;
  if (!is_of_incident(notice.kind)) return title + where;
  const std::string severity = severity_word(notice);
  const std::string_view was = notice.kind == NoticeKind::closed ? "was " : "";
  return (severity.empty() ? "" : fmt::format("{}{}: ", was, severity)) + title + where;
}

std::string led_by(std::string_view lead, const Notice& notice) {
  const std::string said = headline(notice);
  return lead.empty() ? said : fmt::format("{} · {}", lead, said);
}

std::string also_open(const Notice& notice) {
  std::string out;
  for (const std::string& line : notice.also_open)
    out += (out.empty() ? "" : "; ") + one_line(line, kNameBytes);
  return one_line(out, kReasonBytes);
}

std::vector<Fact> facts(const Notice& notice) {
  std::vector<Fact> out;
  if (notice.shown.facts) {
    for (const auto& [name, value] : *notice.shown.facts) out.push_back({name, value});
    return out;
  }
  std::string host = one_line(notice.host, kNameBytes);
  if (!notice.host_labels.empty()) host += " (" + label_list(notice.host_labels) + ")";
  out.push_back({"Host", host});
  if (!is_of_incident(notice.kind)) return out;
  const std::string severity = severity_word(notice);
  out.push_back({"Severity", fmt::format("{}impact {}", severity.empty() ? "" : severity + ", ",
                                         to_string(notice.impact))});
  out.push_back(notice.kind == NoticeKind::closed ? lasted(notice) : opened(notice));
  out.push_back({"Incident", fmt::format("{}, level {}, policy {}", notice.incident.value,
                                         notice.level, one_line(notice.policy, kNameBytes))});
  if (!notice.last_change.empty())
    out.push_back({"Last change", one_line(notice.last_change, kReasonBytes)});
  if (const std::string also = also_open(notice); !also.empty())
    out.push_back({"Also open here", also});
  return out;
}

std::string measured(const NoticeAlert& alert, std::string_view said) {
  // What is well has no limit to be held against; a baseline's sentence has said what was expected.
  const bool judged = !alert.band.expected.empty() && names_word(said, "expected");
  if (!alert.firing || judged) return "";
  const std::string value = one_line(alert.value, kValueBytes);
  const std::string threshold = one_line(alert.threshold, kValueBytes);
  const bool told = says(said, value);
  if (says_yes_or_no(value, threshold) || (told && says(said, limit_in(threshold)))) return "";
  const std::string limit = threshold.empty() ? "" : fmt::format(" ({})", threshold);
  return told                             ? limit
         : value.empty() && limit.empty() ? ""
                                          : ":" + (value.empty() ? "" : " " + value) + limit;
}

std::string alert_standing(const NoticeAlert& alert, const Notice& within) {
  const std::string value = one_line(alert.value, kValueBytes);
  std::string line = ", well again" + (value.empty() ? "" : fmt::format(" (now {})", value));
  if (alert.firing) {
    line = ", since " + moment(alert.since, within);
    if (const Duration lasts = within.at - alert.since; lasts >= seconds(1))
      line += fmt::format(" ({})", humanize_duration(lasts));
  }
  if (alert.no_data) line += ", no data now";
  if (alert.firing && !alert.targets_say.empty()) {
    line += "; " + one_line(alert.targets_say, kReasonBytes);
  }
  return line;
}

std::string alert_line(const NoticeAlert& alert, const Notice& within) {
  const std::string what =
      one_line(alert.summary.empty() ? alert.rule : alert.summary, kTitleBytes);
  return what + measured(alert, what) + alert_standing(alert, within);
}

std::string alert_below(const NoticeAlert& alert, const Notice& within, std::string_view said) {
  const std::string what = one_line(alert.summary, kTitleBytes);
  const bool told = within.alerts.size() == 1 && !what.empty() && said.find(what) != said.npos;
  if (!told) return alert_line(alert, within);
  std::string line = measured(alert, said) + alert_standing(alert, within);
  line.erase(0, std::min(line.find_first_not_of(" ,:"), line.size()));
  return line;
}

std::string alert_detail(const NoticeAlert& alert) {
  std::string out = one_line(alert.rule, kNameBytes);
  const std::string labels = label_list(alert.labels);
  if (!labels.empty()) out += " {" + labels + "}";
  const std::string chart = chart_of(alert);
  if (!chart.empty()) out += "  " + chart;
  return out;
}

std::string unlisted(const Notice& notice, std::size_t listed) {
  const std::uint64_t total = std::max<std::uint64_t>(notice.alerts_total, notice.alerts.size());
  return listed > 0 && total > listed ? fmt::format("and {} more", total - listed) : "";
}

std::string what_to_do(const Notice& notice, std::size_t max_bytes) {
  if (notice.shown.text) return paragraph(*notice.shown.text, max_bytes);
  return notice.kind == NoticeKind::closed ? "" : paragraph(notice.description, max_bytes);
}

std::string_view runbook_of(const Notice& notice) {
  return notice.kind == NoticeKind::closed ? std::string_view() : notice.runbook;
}

std::string next_line(const Notice& notice) {
  if (notice.shown.next) return *notice.shown.next;
  if (notice.kind == NoticeKind::closed || notice.kind == NoticeKind::test ||
      notice.kind == NoticeKind::change) {
    return "";
  }
  const std::string to = notice.next ? joined(notice.next->receivers) : "";
  if (!notice.acknowledged_by.empty()) {
    std::string out = "Acknowledged by " + one_line(notice.acknowledged_by, kNameBytes);
    if (notice.acknowledged_until) {
      out +=
          fmt::format(" until {}; if it is still open then, it rings again{}",
                      moment(*notice.acknowledged_until, notice), to.empty() ? "" : " for " + to);
    }
    return out + ".";
  }
  const std::string drill =
      notice.drill ? "This is a drill, nothing is wrong: do as you would. " : "";
  const std::string_view unless = awaits_a_person(notice) ? ", unless somebody acknowledges" : "";
  if (notice.next) {
    return fmt::format(
        "{}Next: {} {} {}{}.", drill,
        step_words(notice.next->level, notice.next->again, coming(notice.next->at, notice)),
        notice.next->again ? "for" : "tells", to, unless);
  }
  return unless.empty() ? "" : drill + "Next: nothing more is due; nobody else will be told.";
}

std::string acknowledge_command(const Notice& notice, std::string_view program) {
  if (!notice.incident || !awaits_a_person(notice)) return "";
  return fmt::format("{} ack {}", program, notice.incident.value);
}

std::string silence_command(const Notice& notice, std::string_view program) {
  const bool over = notice.kind == NoticeKind::closed || !is_of_incident(notice.kind);
  if (over || !notice.incident) return "";
  return fmt::format("{} silence {} --for 1h --reason 'WHY'", program, notice.incident.value);
}

std::vector<Fact> actions(const Notice& notice, std::string_view program) {
  std::vector<Fact> out;
  if (notice.shown.actions) {
    for (const auto& [name, value] : *notice.shown.actions) out.push_back({name, value});
    return out;
  }
  const auto add = [&out](std::string name, std::string command) {
    if (!command.empty()) out.push_back({std::move(name), std::move(command)});
  };
  add("Acknowledge", acknowledge_command(notice, program));
  add("Silence all of it", silence_command(notice, program));
  return out;
}

std::string on_host(const Notice& notice) {
  const std::string host = one_line(notice.host, kNameBytes);
  return notice.shown.actions || host.empty() ? "" : ", in a shell on " + host;
}

std::string footnote(const Notice& notice) {
  std::string out = one_line(notice.reason, kReasonBytes);
  if (!notice.recorded) {
    out += std::string(out.empty() ? "" : " · ") +
           "NOT RECORDED: storage did not take it in time; a restart may forget it";
  }
  return out;
}

std::string moment(WallTime at, const Notice& within) {
  const Duration away = at - within.at;
  const TimeZone& zone = within.shown.zone;
  if (is_near(away)) return format_clock(at, zone);
  const bool today = away < hours(12) && away > -hours(12);
  const WallTime rounded = std::chrono::round<minutes>(at);
  return (today ? "" : format_day(rounded, zone) + " ") + format_minute(rounded, zone);
}

std::string coming(WallTime at, const Notice& within) {
  const Duration left = at - within.at;
  if (left < seconds(1)) return "at " + moment(at, within);
  const Duration shown = is_near(left) ? Duration(std::chrono::round<seconds>(left))
                                       : Duration(std::chrono::round<minutes>(left));
  return fmt::format("in {} ({})", humanize_duration(shown), moment(at, within));
}

std::string safe_url(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return "";
  if (url.size() > kUrlBytesMost) return "";
  std::string out;
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte > 0x20 && byte < 0x7f &&
                       std::string_view("<>|\"'`\\{}^").find(c) == std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

}  // namespace tocsin::receivers
