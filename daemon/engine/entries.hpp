// What the engine keeps of each thing that it knows, beside what is worth a record.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tocsin/engine/engine.hpp"
#include "tocsin/incident/maintenance.hpp"
#include "tocsin/model/matcher.hpp"
#include "tocsin/rule/baseline.hpp"
#include "tocsin/rule/machine.hpp"
#include "tocsin/series/feeds.hpp"

namespace tocsin::engine {

/// Why nobody is told of an alert for now.
enum class Withheld {
  none,
  silenced,
  maintenance,          ///< a window is in force
  inhibited,            ///< a cause fires
  cause_pending,        ///< a cause may be about to fire, or has not been looked at yet
  awaiting_evaluation,  ///< a cause has just ended: the alert is judged once more first
};
[[nodiscard]] std::string_view to_string(Withheld withheld);

[[nodiscard]] std::string named(IncidentId incident);

struct TargetState {
  TargetId id;
  config::Target spec;
  Duration offset{};  ///< of its ticks
  bool configured = true;
  std::optional<BootTime> first_tick;  ///< since the start, or since it was configured
  std::optional<BootTime> last_tick;   ///< the last that is over, answered or not
  BootTime covered_since{};            ///< answered at every tick from then on
  bool known = false;                  ///< it answered at its last tick
  bool remembered = false;             ///< its last tick was in an earlier life
  std::optional<ScrapeOutcome> outcome;
  std::string detail;
  Duration took{};
  std::size_t samples = 0;
  std::optional<Stamp> last_stamp;
};

/// So long may a target have gone unasked, from one life to the next, without its ranges being
/// blind.
[[nodiscard]] Duration bridged_gap(Duration every);
[[nodiscard]] bool asks_for(const expr::Expression& expression,
                            const std::vector<std::string>& names);

/// An alert and what is not worth a record.
struct AlertEntry {
  Alert alert;
  series::FeedSet feeds = series::kNoFeeds;  ///< at its last evaluation
  std::optional<BootTime> looked_at;         ///< the last tick at which it was judged, known or not
  std::optional<BootTime> cause_ended;       ///< until it has been judged at a later tick
  std::deque<double> recent;                 ///< the last hour of values, NaN where there was none
};

/// What an expression reads of records, directly or through others.
struct RecordsRead {
  std::vector<std::size_t> records;  ///< that it names itself, by their place
  Duration reach{};                  ///< into the past, that of the records included
  std::uint64_t meaning = 0;         ///< differs where it, or one of the records, says otherwise
};

/// An evaluation that waits for more of the rule's targets.
struct PutOff {
  BootTime tick;
  BootTime until;
};

struct RuleState {
  const rule::Rule* rule = nullptr;
  RecordsRead reads;
  std::map<Labels, AlertEntry> alerts;
  series::FeedSet touched = series::kNoFeeds;
  series::FeedSet listens = series::kNoFeeds;  ///< its ticks: `touched`, and what feeds its alerts
  std::size_t cost = 0;                        ///< of its last evaluation, as samples read
  std::optional<PutOff> put_off;
  bool evaluated = false;           ///< since the start or since its expression changed
  bool expression_changed = false;  ///< firing alerts are kept until it has been evaluated in full
  std::optional<Stamp> last_evaluation;
  std::string error;
  AlertReason reason = AlertReason::none;
  std::optional<double> value;
  std::optional<Stamp> nothing_since;  ///< the first of the last evaluations that measured nothing
  std::deque<PastTransition> past;     ///< of its alerts, newest last
  std::unique_ptr<rule::Baseline> baseline;
  std::uint64_t baseline_meaning = 0;         ///< what it learns from
  std::optional<WallTime> baseline_recorded;  ///< last
  bool negative = false;                      ///< its last value, which no baseline can judge
};

struct RecordingState {
  const rule::Record* record = nullptr;
  RecordsRead reads;
  series::FeedSet listens = series::kNoFeeds;  ///< its ticks: what it reads, and what its series do
  std::set<series::FeedSet> made_of;           ///< each of its series, at the last evaluation
  bool evaluated = false;                      ///< with all targets in, since the start or a reload
  std::optional<Stamp> last_evaluation;
  std::string error;
  std::size_t series = 0;
  std::size_t refused = 0;
};

struct IncidentEntry {
  Incident incident;
  std::set<AlertKey> members;  ///< of a storm: none; see `storm_members`
  std::vector<IncidentId> storm_members;
  std::optional<BootTime> due;    ///< when it is to be settled again
  std::string summary;            ///< of its worst alert, kept for after the close
  std::size_t widest = 0;         ///< so many alerts fired at once since the start
  std::string rings_because;      ///< how its last acknowledgement ended; until that is told
  bool told_member_left = false;  ///< since it was last settled
  std::string left_because;       ///< why its last member left
  // After a restart, what fell due meanwhile waits for its members' first judgement:
  std::optional<BootTime> resume_by;  ///< at the latest
  Duration elapsed_at_restart{};
  Stamp restarted;
  std::set<AlertKey> unjudged;
  int polled_for_level = 0;
  std::uint64_t last_resort = 0;  ///< the latest telling that the log spoke of for want of others
  int changes_noted = 0;          ///< in its story, since it opened or the start
};

/// A step whose commit has not been heard of.
struct PendingStep {
  Stamp at;
  bool released = false;  ///< its deliveries and replies have left without it
  std::vector<DeliveryId> deliveries;
  std::vector<Reply> replies;
  std::vector<IncidentId> incidents;
};

struct ReceiverState {
  std::uint32_t consecutive_failures = 0;
  std::string last_error;
  bool refuses = false;
  std::optional<Stamp> last_yes;
};

struct SilenceEntry {
  Silence silence;
  Matchers matchers;
  bool in_force = false;  ///< as the open incidents know it
};

struct KnownChange {
  Change change;
  Matchers concerns;
};

/// A configured maintenance window on the calendar.
struct WindowState {
  std::optional<incident::Occurrence> current;  ///< that it is in, ended early or not
  bool in_force = false;                        ///< as the open incidents know it
  WallTime from{};                              ///< `current` holds from here
  WallTime until{};                             ///< to here
};

}  // namespace tocsin::engine
