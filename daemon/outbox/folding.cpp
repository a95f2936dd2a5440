// Summaries: what piled up for people while their channel was unreachable is told as one notice.
// While a summary waits, everything else in its lane joins it at the next attempt, so it needs no
// place in the lines of the incidents that it tells of.
#include <algorithm>

#include "tocsin/base/check.hpp"
#include "tocsin/base/hash.hpp"
#include "tocsin/outbox/machine.hpp"

namespace tocsin::outbox {

namespace {

Notice blank_summary(const Notice& latest, Now now) {
  Notice notice;
  notice.kind = NoticeKind::summary;
  notice.host = latest.host;
  notice.host_labels = latest.host_labels;
  notice.policy = latest.policy;
  notice.at = now.wall;
  notice.opened = latest.opened;
  notice.reason = "what piled up while this receiver could not be reached";
  return notice;
}

}  // namespace

/// Those whose turn a summary may take: released, and behind nothing that is not.
std::vector<DeliveryId> Outbox::Impl::foldable(Lane& lane) {
  std::vector<DeliveryId> ids;
  for (const auto& [name, line] : lane.lines) {
    for (const DeliveryId id : line) {
      const Entry& entry = *ledger.find(id);
      if (entry.delivery.state != DeliveryState::queued) break;
      ids.push_back(id);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// Replaces what waits by one summary where that is due.
bool Outbox::Impl::fold(Lane& lane) {
  const bool has_summary = static_cast<bool>(lane.summary);
  const bool due =
      has_summary ? lane.queued >= 2 : lane.failures > 0 && lane.queued >= tuning.fold_from;
  if (!due || !next_id) return false;
  const std::vector<DeliveryId> ids = foldable(lane);
  if (ids.size() < (has_summary ? 2 : tuning.fold_from)) return false;

  Delivery fresh;
  fresh.id = next_id();
  fresh.receiver = lane.receiver.name;
  fresh.dedup_key = StableHash().add("summary").add(lane.receiver.name).add(fresh.id.value).hex();
  fresh.state = DeliveryState::recording;
  fresh.created = now;
  fresh.notice = blank_summary(ledger.find(ids.back())->delivery.notice, now);
  Entry& summary = ledger.insert(std::move(fresh));
  count(summary, &lane, true);
  keys.add(summary.delivery);
  changed.insert(summary.delivery.id);
  for (const DeliveryId id : ids) join_summary(lane, *ledger.find(id), summary.delivery.id);
  lane.summary = summary.delivery.id;
  while (!lane.members.empty()) {
    Entry& oldest = *ledger.find(*lane.members.begin());
    if (std::binary_search(ids.begin(), ids.end(), oldest.delivery.id)) break;
    if (oldest.delivery.created.boot + tuning.give_up_after > now.boot) break;
    end_member(lane, oldest, DeliveryState::expired, "given up");
  }
  for (const DeliveryId id : ids) {
    const Entry& entry = *ledger.find(id);
    summary.failures = std::max(summary.failures, entry.failures);
    summary.delivery.level = std::max(summary.delivery.level, entry.delivery.level);
    Notice& notice = summary.delivery.notice;
    notice.level = summary.delivery.level;
    notice.severity = std::max(notice.severity, entry.delivery.notice.severity);
    notice.impact = std::max(notice.impact, entry.delivery.notice.impact);
    notice.opened = std::min(notice.opened, entry.delivery.notice.opened);
  }
  summary.delivery.wakes = lane.waking_members > 0;
  enter_line(lane, summary);
  set_expiry(summary);
  outcome.made.push_back(summary.delivery.id);
  return true;
}

void Outbox::Impl::join_summary(Lane& lane, Entry& entry, DeliveryId summary) {
  const DeliveryId id = entry.delivery.id;
  entry.delivery.folded_into = summary;
  if (entry.delivery.may_have_arrived) lane.summary_may_have_arrived = true;
  finish(entry, DeliveryState::folded, "told within a summary");
  keys.folded(entry.delivery, true);
  lane.members.insert(id);
  if (entry.delivery.wakes && !is_summary(entry.delivery)) {
    ++lane.waking_members;
  }
}

/// Takes a member out of the lane's summary, whose fate it shares.
void Outbox::Impl::end_member(Lane& lane, Entry& entry, DeliveryState fate,
                              std::string_view detail) {
  const Delivery& delivery = entry.delivery;
  const bool was_summary = is_summary(delivery);
  lane.members.erase(delivery.id);
  if (delivery.wakes && !was_summary) --lane.waking_members;
  keys.folded(delivery, false);
  if (lane.summary_may_have_arrived && !delivery.may_have_arrived && !was_summary &&
      fate != DeliveryState::delivered) {
    entry.delivery.may_have_arrived = true;
    changed.insert(delivery.id);
  }
  if (!was_summary) {
    switch (fate) {
      case DeliveryState::delivered:
        say(Event::Kind::delivered, delivery.id, std::string(detail));
        break;
      case DeliveryState::refused:
        say(Event::Kind::refused, delivery.id, std::string(detail));
        break;
      case DeliveryState::undeliverable:
        say(Event::Kind::undeliverable, delivery.id, std::string(detail));
        break;
      case DeliveryState::withdrawn:
        say(Event::Kind::withdrawn, delivery.id, std::string(detail));
        break;
      default:
        say(Event::Kind::expired, delivery.id, std::string(detail));
        break;
    }
  }
  settle(entry, fate);
}

void Outbox::Impl::end_summary(Lane& lane, Entry& summary, DeliveryState fate) {
  TOCSIN_CHECK(lane.summary == summary.delivery.id);
  lane.summary = {};
  const std::vector<DeliveryId> ids(lane.members.begin(), lane.members.end());
  for (const DeliveryId id : ids) {
    if (lane.members.count(id) == 0) continue;  // withdrawn by the yes to another
    end_member(lane, *ledger.find(id), fate, "told within a summary");
  }
  lane.summary_may_have_arrived = false;
}

/// A member that is not wanted any more: the summary is told without it, or not at all.
void Outbox::Impl::withdraw_member(Lane& lane, Entry& member, std::string_view why) {
  Entry* summary = ledger.find(lane.summary);
  if (summary == nullptr || lane.summary_may_have_arrived ||
      summary->delivery.state == DeliveryState::sending) {
    return;
  }
  member.delivery.state = DeliveryState::withdrawn;
  member.delivery.folded_into = {};
  changed.insert(member.delivery.id);
  end_member(lane, member, DeliveryState::withdrawn, why);
  summary->delivery.wakes = lane.waking_members > 0;
  changed.insert(summary->delivery.id);
  const bool left = std::any_of(lane.members.begin(), lane.members.end(), [this](DeliveryId id) {
    return !is_summary(ledger.find(id)->delivery);
  });
  if (!left) finish(*summary, DeliveryState::withdrawn, std::string(why));
}

}  // namespace tocsin::outbox
