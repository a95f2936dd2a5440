// A notice in words, before any markup: what every receiver says alike. Pure. All that comes out is
// one line each, printable UTF-8 and bounded, whatever a label held; receivers add their markup and
// escape for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/model/notice.hpp"

namespace tocsin::receivers {

struct Fact {
  std::string name;
  std::string value;
};

/// One printable line of at most `max_bytes`.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t max_bytes);
/// Printable, bounded, with its line breaks kept.
[[nodiscard]] std::string paragraph(std::string_view text, std::size_t max_bytes);

/// What kind of notice this is, at a glance: "OPENED #17", "LEVEL 3 #17", "STILL OPEN #17, LEVEL
/// 4", "ACKNOWLEDGED #17 by ada until 03:38 UTC", "CLOSED #17 after 41 min" …
[[nodiscard]] std::string mark(const Notice& notice);
/// The same as one emoji.
[[nodiscard]] std::string_view symbol(const Notice& notice);
/// How the incident stands as one emoji: whoever keeps a text up to date shows it.
[[nodiscard]] std::string_view standing_symbol(const Notice& notice);
/// Of the severity, or of its end: "#d92d20".
[[nodiscard]] std::string_view colour(const Notice& notice);
/// How the incident stands, for a text that is kept up to date: "OPEN #17, LEVEL 2",
/// "IN HAND #17 (ada), LEVEL 2", "CLOSED #17 after 41 min"; "" for what is no incident.
[[nodiscard]] std::string standing(const Notice& notice);
/// "critical", or the receiver's own word; "": none.
[[nodiscard]] std::string severity_word(const Notice& notice);
/// "critical: CPU busy on web-1"; of what is over "was critical: …".
[[nodiscard]] std::string headline(const Notice& notice);
/// "OPENED #17 · critical: CPU busy on web-1": `lead` and what it leads to.
[[nodiscard]] std::string led_by(std::string_view lead, const Notice& notice);
/// "#12 DiskWillFill, level 2; #14 …": what else is open on its host; "": nothing.
[[nodiscard]] std::string also_open(const Notice& notice);
/// What the receiver's own template says, or: host, severity, impact, level, since when, the
/// incident's number.
[[nodiscard]] std::vector<Fact> facts(const Notice& notice);
/// ": 93 % (above 80 %)", to stand behind `said`; without what that says itself.
[[nodiscard]] std::string measured(const NoticeAlert& alert, std::string_view said);
/// ", since 09:10 UTC (5 min)", with the trouble that its targets tell of; ", well again (now 3
/// %)".
[[nodiscard]] std::string alert_standing(const NoticeAlert& alert, const Notice& within);
/// "CPU busy: 93 % (above 80 %), since 09:10 UTC (5 min)".
[[nodiscard]] std::string alert_line(const NoticeAlert& alert, const Notice& within);
/// The same, below a title: without the words that the title has `said` of the only alert.
[[nodiscard]] std::string alert_below(const NoticeAlert& alert, const Notice& within,
                                      std::string_view said);
/// So many stand above what is to be done, so that a phone shows it at once; of more, the first of
/// these has its details there, the others a line each, and the rest stand below it.
inline constexpr std::size_t kAlertsOnTop = 3;
[[nodiscard]] inline bool lists_below(const Notice& notice) {
  return notice.alerts.size() > kAlertsOnTop;
}
/// Its rule, its labels, and its last hour as a little chart, where that is known.
[[nodiscard]] std::string alert_detail(const NoticeAlert& alert);
/// "and 480 more", or "" where all are shown, or none.
[[nodiscard]] std::string unlisted(const Notice& notice, std::size_t listed);
/// What the receiver's own template says, or the rule's description; what is over leaves nothing to
/// do.
[[nodiscard]] std::string what_to_do(const Notice& notice, std::size_t max_bytes);
[[nodiscard]] std::string_view runbook_of(const Notice& notice);
/// What happens next and when, and who has it in hand; "" where nothing is to be said.
[[nodiscard]] std::string next_line(const Notice& notice);
/// How tocsin is called where the daemon has its usual socket.
inline constexpr std::string_view kProgram = "tocsin";
/// "tocsin ack 17", or "" where there is nothing to acknowledge. `program` is what reaches this
/// daemon: it may name its socket.
[[nodiscard]] std::string acknowledge_command(const Notice& notice,
                                              std::string_view program = kProgram);
/// What silences its alerts for an hour, and no others of their rules; "" where nothing can be
/// silenced.
[[nodiscard]] std::string silence_command(const Notice& notice,
                                          std::string_view program = kProgram);
/// What the receiver's own template says, or the two commands, each under what it does: on which
/// host they are to be given is left to say.
[[nodiscard]] std::vector<Fact> actions(const Notice& notice, std::string_view program = kProgram);
/// ", in a shell on web-1", to stand behind the name of an action; "" of a receiver's own.
[[nodiscard]] std::string on_host(const Notice& notice);
/// Why it is sent, and that it is not recorded where it is not.
[[nodiscard]] std::string footnote(const Notice& notice);

/// All of it below its headline, line by line.
[[nodiscard]] std::vector<std::string> plain_lines(const Notice& notice,
                                                   std::string_view program = kProgram);

/// "09:15 UTC", in the zone in which the notice is shown: with the seconds within two minutes of
/// the notice, with the date where it is not within twelve hours.
[[nodiscard]] std::string moment(WallTime at, const Notice& within);
/// "in 5 min (09:20 UTC)".
[[nodiscard]] std::string coming(WallTime at, const Notice& within);
/// Values as bars of eight heights between the least and the greatest, or the limit where it is
/// near; a gap where there was none.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, std::size_t width,
                                    std::optional<double> limit = std::nullopt);
/// The alert's last hour as bars; of a rule with a baseline beside what was expected, from nothing
/// on, all to one scale.
[[nodiscard]] std::string chart_of(const NoticeAlert& alert);
/// An http(s) URL without anything that could end it early in any markup; "" for anything else.
[[nodiscard]] std::string safe_url(std::string_view url);

}  // namespace tocsin::receivers
