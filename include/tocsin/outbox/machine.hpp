// The outbox from within. A delivery goes
//
//   recording ─release─▶ queued ─turn and time─▶ sending ─yes─▶ delivered
//       │                  │ ▲                      │ └─never─▶ refused
//       │                  │ └──── not now ─────────┤
//       └── withdrawn, expired, folded, undeliverable ◀┘ (where no more attempts are wanted)
//
// Each public call is one transaction: it notes what changed, moves entries about, and at its end
// lets every lane begin the attempts that are due.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tocsin/base/random.hpp"
#include "tocsin/outbox/agenda.hpp"
#include "tocsin/outbox/chain.hpp"
#include "tocsin/outbox/keys.hpp"
#include "tocsin/outbox/lane.hpp"
#include "tocsin/outbox/ledger.hpp"
#include "tocsin/outbox/outbox.hpp"

namespace tocsin::outbox {

struct Outbox::Impl {
  Impl(Tuning with, std::uint64_t seed) : tuning(with), random(seed) {}

  Tuning tuning;
  Random random;
  std::function<DeliveryId()> next_id;
  Ledger ledger;
  Agenda agenda;
  Keys keys;
  using Lanes = std::map<std::string, Lane, std::less<>>;  ///< by the receiver's name
  Lanes lanes;
  Lanes asides;  ///< of the same receivers
  std::map<DeliveryId, Chain> chains;
  std::unordered_map<IncidentId, std::set<DeliveryId>> chains_of;
  std::unordered_map<IncidentId, std::vector<DeliveryId>> witnesses;
  std::size_t waiting = 0;

  // ── of the call under way ──
  Now now;
  std::set<DeliveryId> changed;
  Outcome outcome;
  void begin(Now at) { now = at; }
  [[nodiscard]] Outcome end();
  void say(Event::Kind kind, DeliveryId delivery, std::string detail);

  // ── states and lines (states.cpp) ──
  [[nodiscard]] Lane* lane_of(const Entry& entry);
  void set_state(Entry& entry, DeliveryState state);
  void count(const Entry& entry, Lane* lane, bool in);
  void enter_line(Lane& lane, Entry& entry);
  void leave_line(Entry& entry);
  void consider(Lane& lane, Entry& entry);
  void set_expiry(const Entry& entry);
  void finish(Entry& entry, DeliveryState state, std::string detail);
  /// Ends one that waits and is not needed any more.
  void drop(Entry& entry, std::string_view why);
  void note_arrival(Entry& entry);
  void settle(Entry& entry, DeliveryState fate);
  void withdraw_pointless(Lane& lane, const Entry& after);
  void release_witnesses(const Entry& close);
  [[nodiscard]] bool pointless(const Lane& lane, const Entry& entry) const;
  void meet(Lane& lane, Entry& close);
  void withdraw_wakes(IncidentId incident);
  void end_incident(IncidentId incident);

  // ── attempts (attempts.cpp) ──
  void pump();
  void pump(Lane& lane);
  void attempt(Lane& lane, Entry& entry);
  void answered(Entry& entry, const DeliveryOutcome& answer);
  void retry(Lane& lane, Entry& entry, const DeliveryOutcome& answer);
  void fall_due(const Agenda::Item& item);

  // ── summaries (folding.cpp) ──
  [[nodiscard]] std::vector<DeliveryId> foldable(Lane& lane);
  bool fold(Lane& lane);
  void join_summary(Lane& lane, Entry& entry, DeliveryId summary);
  void end_member(Lane& lane, Entry& entry, DeliveryState fate, std::string_view detail);
  void end_summary(Lane& lane, Entry& summary, DeliveryState fate);
  void withdraw_member(Lane& lane, Entry& member, std::string_view why);

  // ── stand-ins (chains.cpp) ──
  [[nodiscard]] std::vector<std::string> stand_ins_for(std::string_view receiver) const;
  [[nodiscard]] bool wakes(std::string_view receiver) const;
  void start_chain(Entry& root);
  void join_chain(Entry& stand_in);
  void said_yes(Entry& entry);
  void said_never(Entry& entry);
  void next_stand_in(DeliveryId root);
  void check_heard(DeliveryId root);
  void stop_chain(DeliveryId root);
  void end_chain_if_done(DeliveryId root);
  void quieten(IncidentId incident);

  // ── beginnings (restoring.cpp) ──
  void configure(const std::vector<Receiver>& receivers, Tuning with);
  void configure(Lane& lane, const Receiver& receiver, bool fresh);
  void retire(Lanes& those, const std::set<std::string>& kept);
  void reconsider(Lane& lane, bool by_key_changed, bool defined_anew);
  void restore(std::vector<Delivery> deliveries);
  void restore_waiting(Entry& entry);
  void restore_finished(Entry& entry, bool arrived);
  void restore_member(Lane& lane, Entry& entry);
  void restore_chain(Entry& root, const std::vector<DeliveryId>& stand_ins);
  void run_due();
};

}  // namespace tocsin::outbox
