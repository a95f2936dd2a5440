// What a notice says, before any receiver's markup: plain values. Receivers render it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/model/severity.hpp"

namespace tocsin {

enum class NoticeKind {
  opened,      ///< a level is told for the first time (level 1 is the open itself)
  repeated,    ///< the last level again
  told_again,  ///< an acknowledgement ended or became void: levels ring under new rings
  updated,     ///< alerts joined or left
  severity_rose,
  flapping,  ///< it comes and goes; further transitions are held
  acknowledged,
  closed,
  summary,  ///< what piled up for a channel while it was unreachable
  test,
  change,  ///< something was changed, a deployment for one
};
inline constexpr int kNoticeKinds = static_cast<int>(NoticeKind::change) + 1;
[[nodiscard]] std::string_view to_string(NoticeKind kind);
/// False of what stands by itself: a summary, a test, a change.
[[nodiscard]] bool is_of_incident(NoticeKind kind);

/// What was expected of an alert's recent values, one by one, and between what chance keeps them;
/// NaN where nothing was.
struct NoticeBand {
  std::vector<double> expected;
  std::vector<double> lower;
  std::vector<double> upper;
};

/// One alert as a notice shows it.
struct NoticeAlert {
  std::string rule;
  Labels labels;
  std::string summary;                         ///< the rule's summary, filled in
  std::string value;                           ///< formatted with its unit, "" where there is none
  std::string threshold;                       ///< "above 80 %", "" where the rule has none
  std::optional<double> limit = std::nullopt;  ///< the number in `threshold`
  Severity severity = Severity::warning;
  WallTime since;
  bool firing = true;
  bool no_data = false;
  std::string targets_say;     ///< the trouble that the targets that feed it told of last, by name
  std::vector<double> recent;  ///< up to an hour of values, oldest first; NaN where there was none
  NoticeBand band;             ///< of a rule with a baseline; else empty
};

/// How one receiver shows a notice; put in as it is sent, and never stored.
struct Presentation {
  std::optional<std::string> mark;      ///< in place of the kind's sign and word; "": nothing
  std::optional<std::string> standing;  ///< the same, of a text that is kept up to date
  std::optional<std::string> severity;  ///< in place of the severity's word; "": nothing
  std::optional<std::string> text;      ///< in place of the description, also of what is over
  using Named = std::vector<std::pair<std::string, std::string>>;  ///< names and values
  std::optional<Named> facts;
  std::optional<std::string> next;  ///< in place of what happens next; "": nothing
  std::optional<Named> actions;     ///< in place of how to acknowledge and to silence
  TimeZone zone;                    ///< of its clock times
};

struct NextStep {
  int level = 0;
  WallTime at;
  std::vector<std::string> receivers;
  bool again = false;  ///< the level was reached before: it rings once more
};
/// "level 2 at 03:17", or "rings again at 03:17"; `when` is "at 03:17".
[[nodiscard]] std::string step_words(int level, bool again, std::string_view when);

struct Notice {
  NoticeKind kind = NoticeKind::opened;
  IncidentId incident;
  std::string host;
  Labels host_labels;
  std::string title;  ///< one plain line, no markup: what is wrong
  int level = 1;
  Severity severity = Severity::warning;
  Impact impact = Impact::low;
  std::string policy;
  WallTime at;
  WallTime opened;
  Duration lasted{};                ///< since the incident opened
  std::vector<NoticeAlert> alerts;  ///< the worst first, bounded
  std::uint64_t alerts_total = 0;
  std::string description;
  std::string runbook;
  std::string verdict;     ///< level 3 and above: the decision tree's
  std::string conference;  ///< level 3 and above: where people meet
  std::optional<NextStep> next;
  std::string acknowledged_by;
  std::optional<WallTime> acknowledged_until;
  std::string acknowledge_url;  ///< a signed link, put in as it is sent; a secret, never stored
  std::string last_change;      ///< before or since the open, with who made it and when; "": none
  std::vector<std::string> also_open;  ///< other incidents on its hosts, a line each; bounded
  std::string link;                    ///< of a change: where more is written
  std::string reason;                  ///< why this notice is sent, in a few words
  std::vector<std::string> lines;      ///< a storm's list, a summary's list
  bool recorded = true;  ///< false: "not recorded", the notice left before storage had it
  bool drill = false;
  Presentation shown;
};

}  // namespace tocsin
