// The engine's state and the parts that work on it. One step goes through them in this order:
//
//   evaluation   scrapes into the store, rules over it, alerts through their state machine
//   incidents    alerts into incidents: membership, open, close, reopen, storms
//   telling      each touched incident is settled: what is true now against what has been told
//   recording    what changed becomes the step's records; what waits for them, and for how long
//
// Each file beside this one is one of these parts.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/entries.hpp"
#include "tocsin/engine/engine.hpp"
#include "tocsin/incident/climb.hpp"
#include "tocsin/model/distinct_labels.hpp"
#include "tocsin/model/matcher.hpp"
#include "tocsin/outbox/outbox.hpp"
#include "tocsin/rule/baseline.hpp"
#include "tocsin/rule/flapping.hpp"
#include "tocsin/rule/machine.hpp"
#include "tocsin/series/feeds.hpp"
#include "tocsin/series/store.hpp"

namespace tocsin::engine {

struct Engine::Impl {
  Impl(config::EngineConfig engine_config, std::string boot, std::uint64_t seed, Now now);

  // ── framing (engine.cpp) ──
  void begin(Now now);
  [[nodiscard]] Step finish();

  // ── recording (recording.cpp) ──
  void step_committed(StepNumber number, CommitOutcome outcome, std::string_view trouble);
  void release_overdue_steps();
  void release(PendingStep& pending, bool recorded);
  void collect_records();
  [[nodiscard]] bool storage_degraded() const;
  void answer(const Command& command, bool accepted, std::string text, std::uint64_t number = 0);
  void answer_unknown(const Command& command, std::string text);

  // ── whose turn it is (turns.cpp) ──
  /// A scrape of that tick is in that feeds the rule.
  void take_turn(RuleState& rule, BootTime tick);
  void take_turns_put_off();
  /// Nobody is told of what the samples that are in no longer show.
  void take_turns_before_settling();
  [[nodiscard]] bool feeds_into(TargetId target, series::FeedSet set) const;

  // ── evaluation (evaluation.cpp) ──
  void take_scrape(const Scrape& scrape);
  void evaluate(RuleState& state, BootTime tick);
  void note_nothing(RuleState& state, const expr::Evaluated& result) const;
  /// What is slower than its sources has a grid of its own: it had its turn in this slot of it.
  [[nodiscard]] bool slot_is_over(const std::optional<Duration>& every,
                                  const std::optional<Stamp>& last_evaluation, BootTime tick) const;
  void judge_element(RuleState& state, const expr::Element& element, BootTime tick,
                     DistinctLabels& seen);
  void judge_absent(RuleState& state, AlertEntry& entry, BootTime tick);
  void judge(RuleState& state, AlertEntry& entry, const rule::Judgement& judgement, BootTime tick);
  void transitioned(RuleState& state, AlertEntry& entry, const rule::Transition& transition);
  void forget_if_at_rest(RuleState& state, const Labels& labels);
  void note_feeds(AlertEntry& entry, series::FeedSet fed_by);
  [[nodiscard]] series::FeedSet feeds_named(const std::vector<std::string>& names);
  [[nodiscard]] bool done(series::FeedSet feeds, BootTime tick) const;
  /// These targets are done, and the tick is one of theirs.
  [[nodiscard]] bool due(const RuleState& rule, series::FeedSet feeds, BootTime tick) const;
  [[nodiscard]] bool known(series::FeedSet feeds, BootTime tick) const;
  [[nodiscard]] bool warm(series::FeedSet feeds, BootTime tick, Duration reach) const;
  /// The first tick at which these targets' samples will reach back far enough, if all goes well.
  [[nodiscard]] BootTime warm_at(series::FeedSet feeds, Duration reach) const;
  [[nodiscard]] bool covered(series::FeedSet feeds, BootTime tick, Duration reach) const;
  [[nodiscard]] Duration interval(const rule::Rule& rule, series::FeedSet feeds) const;
  [[nodiscard]] BootTime expected_tick(const TargetState& target, BootTime at) const;
  [[nodiscard]] series::FeedSet all_targets();

  // ── baselines (baselines.cpp) ──
  void configure_baseline(RuleState& rule);
  void forget_baseline(RuleState& rule);
  void restore_baselines(std::vector<LearnedBaseline>& learned);
  void record_baseline(RuleState& rule);
  /// What a value means to a rule with a baseline. What is not `trusted` (a target is unknown) is
  /// neither judged nor learned.
  [[nodiscard]] rule::Judgement judge_normal(RuleState& rule, const Labels& labels, double value,
                                             BootTime tick, bool trusted,
                                             const rule::Judgement& by_threshold);
  [[nodiscard]] std::optional<double> whole_of(RuleState& rule, BootTime tick, bool trusted);
  [[nodiscard]] std::string normal_of(const RuleState& rule) const;
  void accept(const Command& command, const AcceptCommand& what);
  void learn(const Command& command, const LearnCommand& what);

  // ── records (recording_rules.cpp) ──
  /// Those that the scrape feeds; adds the names of which there was no series before.
  void evaluate_recordings(TargetId scraped, BootTime tick, std::vector<std::string>& new_names);
  [[nodiscard]] bool worth_evaluating(const RecordingState& recording, TargetId scraped,
                                      BootTime tick) const;
  [[nodiscard]] series::Recorded evaluate(RecordingState& recording, BootTime tick);
  [[nodiscard]] Result<std::vector<series::RecordedElement>> result_of(RecordingState& recording,
                                                                       BootTime tick);
  [[nodiscard]] std::optional<series::FeedSet> settled(RecordingState& recording,
                                                       series::FeedSet made_of,
                                                       series::FeedSet before, BootTime tick);
  /// The expression's value, unless a record that it reads fails.
  [[nodiscard]] Result<expr::Evaluated> value_of(const expr::Expression& expression,
                                                 const RecordsRead& reads, BootTime tick);
  void configure_recordings();
  [[nodiscard]] RecordsRead records_read(const expr::Expression& expression) const;

  // ── withholding (withholding.cpp) ──
  [[nodiscard]] Withheld withheld(const AlertEntry& entry, BootTime at) const;
  [[nodiscard]] std::string why_withheld(const AlertEntry& entry, BootTime at) const;
  [[nodiscard]] const Silence* silence_over(const AlertEntry& entry, bool maintenance,
                                            BootTime at) const;
  void hold_back_for_causes(AlertEntry& entry);
  void cause_changed(const AlertEntry& cause, const rule::Transition& transition);
  [[nodiscard]] bool causes(const AlertEntry& cause, const AlertEntry& effect,
                            const rule::Rule& effect_rule) const;
  void cause_evaluated(const std::string& rule);
  [[nodiscard]] bool cause_undecided(const AlertEntry& effect) const;
  [[nodiscard]] std::string_view label_of(const AlertEntry& entry, std::string_view name) const;
  void touch_all_open();

  // ── maintenance (maintenance.cpp) ──
  /// `before`: the windows of the configuration that `windows` is still about.
  void configure_windows(const std::vector<incident::MaintenanceWindow>& before);
  /// What has begun or ended since, also because the calendar was set.
  void follow_calendar();
  [[nodiscard]] bool look_at_calendar(std::size_t window);
  void window_began(std::size_t window);
  [[nodiscard]] bool ended_early(const std::string& window, WallTime begins) const;
  [[nodiscard]] std::optional<std::size_t> window_over(const AlertEntry& entry) const;
  [[nodiscard]] bool concerns(const Matchers& matchers, const AlertEntry& entry) const;
  [[nodiscard]] bool concerns_any(const Matchers& matchers, const IncidentEntry& entry) const;
  void tell_story_of(const Matchers& matchers, TimelineKind kind, const std::string& text);
  void withholding_began(const Matchers& matchers, TimelineKind kind, const std::string& text);
  void withholding_ended(const Matchers& matchers, const std::string& text);
  [[nodiscard]] std::optional<BootTime> next_on_calendar() const;
  [[nodiscard]] std::vector<MaintenanceStatus> maintenance_at(Now at) const;

  // ── incidents (incidents.cpp) ──
  void join(AlertEntry& entry);
  void leave(AlertEntry& entry);
  IncidentEntry& open_incident(const std::string& policy, const std::string& group_key);
  void reopen(IncidentEntry& entry);
  void close(IncidentEntry& entry, std::string reason);
  void detect_storms();
  void start_storm(const std::string& policy, const std::vector<IncidentId>& members);
  void join_storm(IncidentEntry& storm, IncidentEntry& member);
  [[nodiscard]] std::string group_key(const AlertEntry& entry,
                                      const incident::Policy& policy) const;
  [[nodiscard]] const incident::Policy& policy_of(const IncidentEntry& entry) const;
  void touch(IncidentId id);
  void forget_old_incidents();

  // ── telling (telling.cpp) ──
  /// An incident as it is now.
  struct View {
    std::vector<AlertEntry*> members;
    std::vector<AlertEntry*> active;     ///< those that are not withheld
    incident::Matched matched;           ///< which of the policy's entries concern an active one
    incident::Matched matched_withheld;  ///< and which one that is withheld
    Severity severity = Severity::info;
    Impact impact = Impact::low;
    bool flapping = false;
    std::optional<BootTime> recheck;  ///< when a member may stop being held back
  };
  void settle(IncidentEntry& entry);
  [[nodiscard]] View look(IncidentEntry& entry, const incident::Policy& policy);
  [[nodiscard]] View look(IncidentEntry& entry, const incident::Policy& policy, BootTime at);
  void note_severity(IncidentEntry& entry, const View& view);
  void settle_told(IncidentEntry& entry, const View& view, const incident::Policy& policy);
  void climb_or_stand(IncidentEntry& entry, const View& view);
  void withheld_is_news(const View& view);
  void start_climb(IncidentEntry& entry);
  void tell_levels(IncidentEntry& entry, const View& view, const incident::Policy& policy,
                   NoticeKind kind);
  void tell_changes(IncidentEntry& entry, const View& view, const incident::Policy& policy);
  void tell_told(IncidentEntry& entry, const View& view, NoticeKind kind, DeliveryAction action,
                 const std::string& reason);
  [[nodiscard]] bool held_for_restart(const IncidentEntry& entry) const;
  void schedule(IncidentEntry& entry, const View& view, const incident::Policy& policy);
  [[nodiscard]] std::optional<BootTime> repeat_due(const IncidentEntry& entry,
                                                   const incident::Policy& policy,
                                                   const incident::Matched& matched) const;
  void set_due(IncidentEntry& entry, std::optional<BootTime> due);

  // ── polling (polling.cpp) ──
  void poll_acknowledgements();
  /// Asks where the time has come; else when it will.
  [[nodiscard]] std::optional<BootTime> poll_before_level(IncidentEntry& entry, int level,
                                                          BootTime due);
  void poll(const IncidentEntry& entry);

  // ── closes (closes.cpp) ──
  /// Whoever was told gets the close; what is still open is told anew from here on.
  void hush(IncidentEntry& entry, const std::string& reason);
  void tell_close(IncidentEntry& entry, const View& view, const Ring& ring,
                  const std::string& reason);
  [[nodiscard]] bool owed_close(const Ring& ring) const;
  [[nodiscard]] bool surely_arrived(const Ring& ring) const;
  /// However long an incident rings, the number of its rings stays bounded.
  void let_go_of_old_rings(IncidentEntry& entry, const View& view);

  // ── deliveries (deliveries.cpp) ──
  DeliveryId deliver(IncidentEntry* entry, Delivery delivery);
  void apply(const outbox::Outcome& outcome);
  void happened(const outbox::Event& event);
  void stand_in(const Delivery& original, const std::string& receiver);
  void close_test(const Delivery& test);
  [[nodiscard]] std::string thread_of(const Delivery& delivery);
  [[nodiscard]] std::vector<StoryUpdate> stories_in(DeliveryId summary);
  void keep_thread(DeliveryId id, const std::string& place);
  void never_arrived(IncidentEntry& entry, DeliveryId open);
  void not_needed(IncidentEntry& entry, DeliveryId stand_in);
  void nobody_woke(IncidentEntry& entry, const Delivery& delivery);
  void fill_summary(Delivery& delivery);
  [[nodiscard]] std::string dedup_key(const Incident& incident, std::string_view receiver,
                                      int level, std::uint64_t ring) const;

  // ── the last resort (last_resort.cpp) ──
  enum class Reach { never, not_yet, arrived };
  /// The rings that were made at once for one level.
  struct Telling {
    std::uint64_t number = 0;
    int level = 0;
    BootTime at{};
    Reach reach = Reach::never;  ///< of whom it came nearest to
    std::vector<const Ring*> rings;
  };
  [[nodiscard]] Reach reach_of(const Ring& ring) const;
  [[nodiscard]] Telling latest_telling(const Incident& incident) const;
  [[nodiscard]] bool told_nobody(const Incident& incident) const;
  void sound_last_resort(IncidentEntry& entry);
  [[nodiscard]] std::optional<BootTime> last_resort_due(const IncidentEntry& entry) const;

  // ── notices (notices.cpp) ──
  [[nodiscard]] Notice notice(IncidentEntry& entry, const View& view, NoticeKind kind, int level,
                              std::string reason);
  [[nodiscard]] std::string targets_say(const AlertEntry& entry) const;
  static void show_band(const RuleState& rule, NoticeAlert& shown);
  [[nodiscard]] NoticeAlert notice_alert(const AlertEntry& entry) const;
  /// "above 80 %", "" of a filter.
  [[nodiscard]] static std::string threshold_text(const rule::Rule& rule, Severity severity);
  [[nodiscard]] std::string summary_of(const AlertEntry& entry) const;
  [[nodiscard]] std::string why_it_left(const AlertEntry& entry) const;
  [[nodiscard]] static std::string why_told(const IncidentEntry& entry, NoticeKind kind,
                                            int before);
  /// The rule's text with what it names of the alert.
  [[nodiscard]] std::string filled_in(std::string_view text, const AlertEntry& entry,
                                      const rule::Rule& rule, const std::string& normal) const;
  [[nodiscard]] std::string verdict_of(const Incident& incident) const;
  [[nodiscard]] std::set<std::string> hosts_of(const IncidentEntry& entry) const;
  /// Other incidents that are open on its hosts and that somebody was told of; a few.
  [[nodiscard]] std::vector<std::string> also_open(const IncidentEntry& entry) const;
  [[nodiscard]] std::optional<NextStep> next_step(const IncidentEntry& entry, const View& view,
                                                  const incident::Policy& policy, Now at) const;

  // ── acknowledging (acknowledging.cpp) ──
  [[nodiscard]] static std::vector<std::uint32_t> entries_in_hand(const View& view);
  void acknowledge(const Command& command, const AcknowledgeCommand& what);
  void acknowledged_there(const Command& command, const AcknowledgedThere& what);
  void acknowledge_incident(IncidentEntry& entry, const std::string& by, const std::string& note,
                            Duration lasts);
  void unacknowledge(const Command& command, const UnacknowledgeCommand& what);
  void expire_acknowledgement(IncidentEntry& entry, const View& view,
                              const incident::Policy& policy);
  void void_acknowledgement(IncidentEntry& entry, const View& view, const incident::Policy& policy);
  void resume_climb(IncidentEntry& entry, const incident::Policy& policy, Stamp from,
                    int only_level);
  [[nodiscard]] static int last_told_level(const Incident& incident, const incident::Policy& policy,
                                           const View& view);

  // ── drilling (drilling.cpp) ──
  void drill(const Command& command, const DrillCommand& what);
  void end_drill(const Command& command, const EndDrillCommand& what);
  void drill_over(AlertEntry& entry);
  [[nodiscard]] AlertEntry* drill_of(const std::string& rule);
  [[nodiscard]] Labels invented_labels(const rule::Rule& rule) const;

  // ── commands (commands.cpp) ──
  void add_silence(const Command& command, const SilenceCommand& what);
  void end_silence(const Command& command, const EndSilenceCommand& what);
  void start_maintenance(const Command& command, const MaintenanceCommand& what);
  void end_maintenance(const Command& command, const EndMaintenanceCommand& what);
  void end_occurrence(const Command& command, std::size_t window);
  [[nodiscard]] bool may_withhold(const Command& command, const Silence& draft);
  const Silence& keep_silence(Silence silence);
  [[nodiscard]] std::string matched_now(const Matchers& matchers) const;
  void assess(const Command& command, const AssessCommand& what);
  void test_notice(const Command& command, const TestNoticeCommand& what);

  // ── changes (changes.cpp) ──
  void announce(const Command& command, const ChangeCommand& what);
  DeliveryId tell_change(const Change& change, const std::string& receiver);
  void change_told(const Delivery& change, const outbox::Event& event);
  [[nodiscard]] bool may_explain(const KnownChange& change,
                                 const std::vector<AlertEntry*>& members) const;
  void note_in_stories(const KnownChange& known);
  void forget_old_changes();
  /// The last that may explain the incident, not older than an hour when it opened, and the last
  /// since then.
  [[nodiscard]] std::string last_change(const Incident& incident,
                                        const std::vector<AlertEntry*>& members) const;

  // ── restoring and configuring ──
  void restore(Records records);
  void remember(series::Memory memory);
  void remember_ticks(TargetState& target, const std::vector<series::Sample>& up);
  void configure(config::EngineConfig next);
  void configure_targets(const config::EngineConfig& next);
  void configure_rules();
  void remove_rule(RuleState& state);
  [[nodiscard]] std::vector<outbox::Receiver> known_receivers() const;
  [[nodiscard]] bool keeps_state_by_key(const std::string& name) const;
  [[nodiscard]] bool still_owed(const std::string& receiver) const;
  void let_go_of_retired();

  // ── small things ──
  /// As people are shown it now.
  [[nodiscard]] std::string shown(WallTime at) const {
    return format_moment(at, now.wall, config.time_zone);
  }
  [[nodiscard]] AlertEntry* find(const AlertKey& key);
  [[nodiscard]] const AlertEntry* find(const AlertKey& key) const;
  [[nodiscard]] IncidentEntry* find(IncidentId id);
  [[nodiscard]] Stamp stamp_of(BootTime tick) const;
  /// Receivers that a line of the timeline tells of.
  struct Rung {
    std::vector<std::string> told;
    std::vector<std::string> woke;
  };
  void timeline(Incident& incident, TimelineKind kind, std::string text, Rung rung);
  void timeline(Incident& incident, TimelineKind kind, std::string text) {
    timeline(incident, kind, std::move(text), Rung());
  }
  void log(LogLine::Level level, std::string text, LogSubject about = {});
  void changed(const AlertEntry& entry) { dirty_alerts.insert(entry.alert.key); }
  void changed(const IncidentEntry& entry) { dirty_incidents.insert(entry.incident.id); }
  [[nodiscard]] std::uint64_t next_id() { return state.next_id++; }
  [[nodiscard]] DeliveryId next_delivery_id() { return DeliveryId(state.next_delivery++); }
  [[nodiscard]] rule::FlapTuning flap_tuning() const;
  [[nodiscard]] std::optional<BootTime> next_wake() const;
  void wake_due();

  config::EngineConfig config;
  EngineState state;                 ///< its changes are filled in as it is recorded
  std::vector<KnownChange> changes;  ///< the oldest first
  Now now;
  series::Store store;
  series::FeedSets feeds;
  series::FeedSet every_target = series::kNoFeeds;
  std::vector<TargetState> targets;        ///< by TargetId - 1; never shrinks
  std::vector<RecordingState> recordings;  ///< of config.records, by place
  std::map<std::string, RuleState, std::less<>> rules;
  std::map<std::string, std::vector<std::string>>
      effects_of;  ///< rules by the cause that inhibits them
  std::map<IncidentId, IncidentEntry> incidents;
  std::set<IncidentId> open_incidents;
  std::size_t alerts_kept = 0;  ///< of all rules
  std::map<std::pair<std::string, std::string>, IncidentId>
      by_group;  ///< the newest of each policy and group
  std::map<std::string, std::deque<std::pair<BootTime, IncidentId>>>
      opened_recently;                          ///< by policy
  std::map<std::string, IncidentId> storm_now;  ///< by policy: the storm that still takes members
  std::set<std::string> policies_opening;  ///< policies that an incident opened in, in this step
  std::map<SilenceId, SilenceEntry> silences;
  std::vector<WindowState> windows;  ///< of config.maintenance, by place
  std::map<std::string, RetiredReceiver> retired;
  outbox::Outbox outbox;
  std::map<std::string, ReceiverState> receivers;
  std::set<std::pair<BootTime, IncidentId>> incident_timers;  ///< every entry's `due`
  std::set<std::pair<BootTime, AlertKey>> alert_timers;       ///< flapping that may be over
  std::set<std::pair<BootTime, std::string>> turn_timers;     ///< rules that were put off
  std::map<StepNumber, PendingStep> pending_steps;
  std::string storage_error;
  std::optional<BootTime> next_poll;
  std::optional<BootTime> next_tidy;
  Counters counters;

  // Of the step in hand:
  Step step;
  std::set<IncidentId> touched;
  std::set<AlertKey> dirty_alerts;
  std::set<IncidentId> dirty_incidents;
  std::set<DeliveryId> dirty_deliveries;
  std::set<SilenceId> dirty_silences;
  bool state_changed = false;        ///< by itself, whatever else is recorded
  std::vector<Record> more_records;  ///< timeline entries, retired receivers, erasures
  std::vector<DeliveryId> new_deliveries;
  std::vector<Reply> new_replies;
  std::set<IncidentId> incidents_in_step;
};

}  // namespace tocsin::engine
