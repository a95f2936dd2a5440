// A start is being fed what was recorded. Across a reboot every stamp is seen anew from the new
// boot's clock.
#include <algorithm>

#include "engine/impl.hpp"
#include "tocsin/base/hash.hpp"

namespace tocsin::engine {
namespace {

/// Beyond any number that may have been used without being recorded, or with a state that is gone:
/// receivers remember the numbers of rings and deliveries. A thousand for each millisecond of the
/// calendar is further than any of them gets, also after a start whose own jump was never recorded.
/// Where the calendar has been set back, starts of one boot are told apart by its clock, and boots
/// by their names.
std::uint64_t past_any_used(std::uint64_t next, Now now, std::string_view boot_id) {
  const auto thousands = [](Duration since) {
    return static_cast<std::uint64_t>(std::max<Duration::rep>(0, since.count())) * 1000;
  };
  const auto numbers = thousands(now.wall.time_since_epoch());
  if (numbers > next) return numbers;
  constexpr std::uint64_t kOfADay = 100'000'000'000;
  const auto boot = StableHash().add(boot_id).low64() % 1000;
  return next + 1'000'000 + boot * kOfADay + thousands(now.boot.time_since_epoch());
}

/// People type an incident's number: it jumps less.
constexpr std::uint64_t kIncidentsThatMayBeLost = 100;

/// The last moment that the records of a boot know of, by the later of two calendars (an early one
/// was not set). What was planned for later does not count.
Stamp last_moment(const Records& records) {
  Stamp last{BootTime::min(), WallTime::min()};
  const auto note = [&last](const std::optional<Stamp>& stamp) {
    if (!stamp || stamp->boot < last.boot) return;
    if (stamp->boot > last.boot || stamp->wall > last.wall) last = *stamp;
  };
  for (const auto& alert : records.alerts) {
    note(alert.since);
    note(alert.judged);
  }
  for (const auto& incident : records.incidents) {
    note(incident.opened);
    note(incident.closed);
    note(incident.last_rang);
    note(incident.quiet_since);
    if (incident.acknowledged) note(incident.acknowledged->at);
  }
  for (const auto& delivery : records.deliveries) note(delivery.created);
  for (const auto& silence : records.silences) note(silence.created);
  return last;
}

/// Moves stamps from the clock of the boot before to that of this one.
class Rebase {
 public:
  Rebase(Stamp last, Now now) : last_(last), now_(now) {}

  void operator()(Stamp& stamp) const { stamp = rebased(stamp, last_, now_); }
  void operator()(std::optional<Stamp>& stamp) const {
    if (stamp) (*this)(*stamp);
  }
  void operator()(Alert& alert) const {
    (*this)(alert.since);
    (*this)(alert.breach_since);
    (*this)(alert.judged);
    (*this)(alert.missing_since);
    for (auto& stamp : alert.transitions) (*this)(stamp);
    // What lies ahead: how much is left of it is not known across a reboot.
    alert.hold_until.reset();
    if (alert.drill_ends) alert.drill_ends = Stamp{now_.boot, now_.wall};
  }
  void operator()(Incident& incident) const {
    (*this)(incident.opened);
    (*this)(incident.closed);
    (*this)(incident.clock.at);
    (*this)(incident.last_rang);
    (*this)(incident.quiet_since);
    (*this)(incident.update_due);
    for (auto& ring : incident.rings) (*this)(ring.at);
    if (incident.acknowledged) (*this)(incident.acknowledged->at);
  }
  void operator()(Delivery& delivery) const {
    (*this)(delivery.created);
    delivery.next_attempt.reset();
  }

 private:
  Stamp last_;
  Now now_;
};

}  // namespace

void Engine::Impl::restore(Records records) {
  const bool other_boot = records.engine.boot_id != state.boot_id;
  state.step = std::max(state.step, records.engine.step);
  state.next_id = std::max(state.next_id, records.engine.next_id);
  state.next_delivery = std::max(state.next_delivery, records.engine.next_delivery);
  state.next_ring = std::max(state.next_ring, records.engine.next_ring);
  std::vector<KnownChange> earlier;
  for (auto& change : records.engine.changes) {
    if (auto concerns = Matchers::parse(change.concerns))
      earlier.push_back({std::move(change), std::move(*concerns)});
  }
  changes.insert(changes.begin(), std::make_move_iterator(earlier.begin()),
                 std::make_move_iterator(earlier.end()));
  if (records.may_lack_tail) {
    state.next_ring = past_any_used(state.next_ring, now, state.boot_id);
    state.next_delivery = past_any_used(state.next_delivery, now, state.boot_id);
    if (records.engine.step) state.next_id += kIncidentsThatMayBeLost;
  }
  if (other_boot) {
    const Rebase rebase(last_moment(records), now);
    for (auto& alert : records.alerts) rebase(alert);
    for (auto& incident : records.incidents) rebase(incident);
    for (auto& delivery : records.deliveries) {
      rebase(delivery);
      dirty_deliveries.insert(delivery.id);  // or the next start reads them by this boot's clock
    }
    for (auto& silence : records.silences) rebase(silence.created);
  }

  for (auto& silence : records.silences) {
    auto matchers = Matchers::parse(silence.matchers);
    if (!matchers || over(silence, now)) {
      more_records.emplace_back(Erased{Erased::Kind::silence, {}, silence.id.value, {}});
      continue;
    }
    const auto id = silence.id;
    dirty_silences.insert(id);
    const bool now_in_force = in_force(silence, now);
    silences.emplace(id, SilenceEntry{std::move(silence), *std::move(matchers), now_in_force});
  }
  restore_baselines(records.baselines);
  for (auto& incident : records.incidents) {
    const auto id = incident.id;
    if (incidents.contains(id)) continue;
    auto& entry = incidents[id];
    entry.restarted = now;
    entry.elapsed_at_restart = incident::elapsed(incident.clock, now.boot);
    entry.summary = incident.group_key;
    if (!incident.storm) {
      auto& newest = by_group[{incident.policy, incident.group_key}];
      newest = std::max(newest, id);
    }
    entry.incident = std::move(incident);
    if (entry.incident.open()) open_incidents.insert(id);
    if (other_boot || entry.incident.open()) changed(entry);
  }
  for (auto& [id, entry] : incidents) {
    if (auto* storm = find(entry.incident.storm_of)) storm->storm_members.push_back(id);
  }

  // Work that began before the state was there (a state that takes long to load) stands above it.
  std::vector<AlertKey> ruleless;
  for (auto& alert : records.alerts) {
    auto& rule = rules[alert.key.rule];
    const auto key = alert.key;
    auto* incident = find(alert.incident);
    if (incident == nullptr || !incident->incident.open()) alert.incident = IncidentId();
    const auto [known, is_new] = rule.alerts.try_emplace(key.labels);
    if (is_new) ++alerts_kept;
    auto& entry = known->second;
    const auto begun = entry.alert.incident;
    if (begun && alert.incident) {
      // The same trouble opened twice: the older incident goes on, the newer is merged into it.
      if (auto* newer = find(begun)) {
        newer->members.erase(key);
        if (newer->members.empty())
          close(*newer, "merged into incident " + std::to_string(alert.incident.value));
      }
    }
    entry.alert = std::move(alert);
    entry.feeds = feeds_named(entry.alert.fed_by);
    if (rule.rule == nullptr) ruleless.push_back(key);
    changed(entry);
    if (entry.alert.flapping)
      alert_timers.emplace(rule::steady_at(entry.alert, flap_tuning()), key);
    if (entry.alert.drill_ends) alert_timers.emplace(entry.alert.drill_ends->boot, key);
    incident = find(entry.alert.incident);
    if (incident == nullptr) continue;
    incident->members.insert(key);
    if (!entry.alert.drill_ends) {
      incident->unjudged.insert(key);
      incident->resume_by = now.boot + config.tuning.warm_up_at_most + std::chrono::minutes(1);
    }
    if (rule.rule != nullptr) incident->summary = summary_of(entry);
  }

  for (auto& delivery : records.deliveries) {
    // Whatever was on its way may have left: only its answer is lost.
    if (!is_final(delivery.state)) delivery.may_have_arrived = true;
  }
  for (auto& receiver : records.retired_receivers) {
    if (config.receiver(receiver.name) == nullptr)
      retired.emplace(receiver.name, std::move(receiver));
  }
  apply(outbox.configure(known_receivers(), config.tuning.outbox, now));
  std::vector<IncidentId> in_hand;
  for (const auto& [id, entry] : incidents) {
    if (entry.incident.open() && entry.incident.acknowledged) in_hand.push_back(id);
  }
  apply(outbox.restore(std::move(records.deliveries), now, in_hand));

  for (const auto& key : ruleless) {
    const auto found = rules.find(key.rule);
    if (found != rules.end() && found->second.rule == nullptr) remove_rule(found->second);
  }
  std::erase_if(rules, [](const auto& rule) { return rule.second.rule == nullptr; });
  for (auto& [id, entry] : incidents) {
    if (!entry.incident.open()) continue;
    timeline(entry.incident, TimelineKind::restored,
             other_boot ? "tocsin has started after a reboot" : "tocsin has started");
    if (!entry.incident.storm && entry.members.empty()) close(entry, "nothing of it is left");
    touch(id);
  }
  if (!incidents.empty()) next_tidy = now.boot + std::chrono::minutes(10);
  if (!records.incidents.empty() || other_boot) {
    log(LogLine::Level::info, "restored " + std::to_string(incidents.size()) + " incidents and " +
                                  std::to_string(outbox.waiting()) + " deliveries under way");
  }
}

}  // namespace tocsin::engine
