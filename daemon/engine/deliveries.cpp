// Between the incidents and the outbox: what is delivered, and what became of it.
#include <algorithm>

#include "engine/impl.hpp"
#include "tocsin/base/hash.hpp"

namespace tocsin::engine {

std::string Engine::Impl::dedup_key(const Incident& incident, std::string_view receiver, int level,
                                    std::uint64_t ring) const {
  StableHash hash;
  hash.add(config.host).add(incident.policy).add(incident.group_key).add(receiver);
  hash.add(static_cast<std::uint64_t>(level)).add(ring);
  return "tocsin-" + hash.hex();
}

DeliveryId Engine::Impl::deliver(IncidentEntry* entry, Delivery delivery) {
  if (outbox.waiting() >= config.limits.outbox && delivery.action != DeliveryAction::close &&
      !delivery.wakes) {
    if (counters.refused_at_limit++ == 0) {
      log(LogLine::Level::error,
          "the outbox is at limits.outbox: what wakes nobody is dropped until it drains");
    }
    return {};
  }
  delivery.id = next_delivery_id();
  delivery.created = now;
  delivery.state = DeliveryState::recording;
  if (entry != nullptr) {
    delivery.incident = entry->incident.id;
    delivery.notice.recorded = entry->incident.recorded;
    incidents_in_step.insert(entry->incident.id);
  }
  const auto id = delivery.id;
  new_deliveries.push_back(id);
  apply(outbox.add(std::move(delivery), now));
  return id;
}

void Engine::Impl::apply(const outbox::Outcome& outcome) {
  for (const auto id : outcome.changed) dirty_deliveries.insert(id);
  for (const auto id : outcome.made) new_deliveries.push_back(id);
  for (const auto id : outcome.send) {
    if (auto* summary = outbox.summary(id)) fill_summary(*summary);
    if (const auto* delivery = outbox.find(id)) {
      step.send.push_back(*delivery);
      auto& sent = step.send.back();
      sent.thread = thread_of(*delivery);
      sent.stories = stories_in(id);
      sent.notice.shown.zone = config.time_zone;
      for (auto& story : sent.stories) story.notice.shown.zone = config.time_zone;
    }
  }
  for (const auto& event : outcome.events) happened(event);
}

std::string Engine::Impl::thread_of(const Delivery& delivery) {
  const auto* entry = find(delivery.incident);
  if (entry == nullptr) return "";
  for (const auto& thread : entry->incident.threads) {
    if (thread.receiver == delivery.receiver) return thread.place;
  }
  return "";
}

/// What a summary tells of incidents that have a message of their own: as the latest of each has
/// it, or the message would say for ever that it is open.
std::vector<StoryUpdate> Engine::Impl::stories_in(DeliveryId summary) {
  constexpr std::size_t kMostStories = 30;
  std::map<std::string, StoryUpdate> latest;
  for (const auto id : outbox.folded_in(summary)) {
    const auto* member = outbox.find(id);
    std::string thread = member == nullptr ? std::string() : thread_of(*member);
    if (thread.empty()) continue;
    if (!latest.contains(thread) && latest.size() >= kMostStories) continue;
    latest[thread] = {thread, member->notice};
  }
  std::vector<StoryUpdate> stories;
  stories.reserve(latest.size());
  for (auto& [thread, story] : latest) stories.push_back(std::move(story));
  return stories;
}

/// Kept with the incident, so that a restart goes on in the same place.
void Engine::Impl::keep_thread(DeliveryId id, const std::string& place) {
  const auto* delivery = outbox.find(id);
  if (place.empty() || delivery == nullptr || thread_of(*delivery) == place) return;
  auto* entry = find(delivery->incident);
  if (entry == nullptr) return;
  auto& threads = entry->incident.threads;
  std::erase_if(threads, [&](const Thread& each) { return each.receiver == delivery->receiver; });
  threads.push_back({delivery->receiver, place});
  changed(*entry);
}

void Engine::Impl::happened(const outbox::Event& event) {
  const auto* found = outbox.find(event.delivery);
  if (found == nullptr) return;
  const Delivery delivery = *found;
  if (delivery.notice.kind == NoticeKind::change) return change_told(delivery, event);
  auto* entry = find(delivery.incident);
  auto& receiver = receivers[delivery.receiver];
  const auto story = [&](std::string text) {
    if (entry == nullptr) return;
    timeline(entry->incident, TimelineKind::delivery, delivery.receiver + ": " + std::move(text));
  };
  const std::string level = "level " + std::to_string(delivery.level);
  const bool climbed = delivery.notice.kind == NoticeKind::opened && delivery.level > 1;
  const std::string what =
      climbed ? level : std::string(to_string(delivery.notice.kind)) + ", " + level;
  const std::string but = delivery.last_error.empty() ? "" : ", but " + delivery.last_error;
  const LogSubject about = {.incident = delivery.incident, .receiver = delivery.receiver};
  using Kind = outbox::Event::Kind;
  switch (event.kind) {
    case Kind::delivered:
      ++counters.deliveries_delivered[delivery.receiver];
      receiver.consecutive_failures = 0;
      receiver.refuses = false;
      receiver.last_yes = now;
      receiver.last_error = delivery.last_error;
      story("told (" + what + ")" + but);
      log(but.empty() ? LogLine::Level::info : LogLine::Level::warning,
          "receiver " + delivery.receiver + " is told (" + what + ")" + but, about);
      if (delivery.notice.kind == NoticeKind::test) close_test(delivery);
      break;
    case Kind::retrying:
      ++counters.deliveries_retried[delivery.receiver];
      ++receiver.consecutive_failures;
      receiver.last_error = event.detail;
      if (receiver.consecutive_failures == 1)
        log(LogLine::Level::warning, "receiver " + delivery.receiver + ": " + event.detail, about);
      if (delivery.attempts <= 1) story("not reached yet (" + what + "): " + event.detail);
      break;
    case Kind::refused:
      ++counters.deliveries_refused[delivery.receiver];
      ++receiver.consecutive_failures;
      receiver.refuses = true;
      receiver.last_error = event.detail;
      story("refuses (" + what + "): " + event.detail);
      log(LogLine::Level::error, "receiver " + delivery.receiver + " refuses: " + event.detail,
          about);
      break;
    case Kind::expired:
      story("given up (" + what + ")");
      break;
    case Kind::undeliverable:
      story("cannot be told any more (" + what + "): " + event.detail);
      log(LogLine::Level::error,
          "a " + std::string(to_string(delivery.action)) + " for receiver " + delivery.receiver +
              " is undeliverable: " + event.detail,
          about);
      break;
    case Kind::withdrawn:
      story("withdrawn (" + what + ")");
      break;
    case Kind::folded:
      break;
    case Kind::fallback_due:
      stand_in(delivery, event.stand_in);
      break;
    case Kind::not_heard:
      if (entry == nullptr || !entry->incident.open() || entry->incident.acknowledged) break;
      nobody_woke(*entry, delivery);
      break;
  }
  if (entry == nullptr) return;
  incidents_in_step.insert(entry->incident.id);
  const bool over = event.kind == Kind::refused || event.kind == Kind::expired ||
                    event.kind == Kind::undeliverable || event.kind == Kind::withdrawn;
  if (over && !delivery.may_have_arrived) never_arrived(*entry, delivery.id);
  if (event.kind == Kind::withdrawn && delivery.stands_in_for) not_needed(*entry, delivery.id);
  if (over && delivery.action == DeliveryAction::open) touch(delivery.incident);
}

/// Whoever cannot have got the open is owed nothing, also once the outbox has forgotten it.
void Engine::Impl::never_arrived(IncidentEntry& entry, DeliveryId open) {
  for (auto& ring : entry.incident.rings) {
    if (ring.delivery != open || ring.closed) continue;
    ring.closed = true;
    changed(entry);
  }
}

/// A stand-in that nobody needs any more has told its receiver nothing: where an entry of the
/// policy names that receiver itself, it is still to be told.
void Engine::Impl::not_needed(IncidentEntry& entry, DeliveryId stand_in) {
  for (auto& ring : entry.incident.rings) {
    if (ring.delivery != stand_in || !ring.current) continue;
    ring.current = false;
    changed(entry);
  }
}

void Engine::Impl::nobody_woke(IncidentEntry& entry, const Delivery& delivery) {
  auto& incident = entry.incident;
  const auto& policy = policy_of(entry);
  const int next = incident::level_above(policy, look(entry, policy).matched, delivery.level);
  if (next == 0 || incident.level >= next) return;
  incident.due_at_once = std::max(incident.due_at_once, next);
  changed(entry);
  timeline(incident, TimelineKind::level_due_at_once,
           "nobody who wakes has been reached by " + delivery.receiver +
               ": the next level falls due now");
  touch(incident.id);
}

void Engine::Impl::close_test(const Delivery& test) {
  const auto* receiver = config.receiver(test.receiver);
  if (receiver == nullptr || !receiver->by_key || test.action != DeliveryAction::open) return;
  auto close = test;
  close.action = DeliveryAction::close;
  close.may_have_arrived = false;
  close.attempts = 0;
  close.next_attempt.reset();
  close.notice.reason = "the test is over";
  deliver(nullptr, std::move(close));
}

void Engine::Impl::stand_in(const Delivery& original, const std::string& name) {
  auto* entry = find(original.incident);
  const auto* receiver = config.receiver(name);
  if (receiver == nullptr) return;
  if (entry != nullptr && !entry->incident.open()) return;
  Delivery delivery;
  delivery.receiver = name;
  delivery.action = DeliveryAction::open;
  delivery.level = original.level;
  delivery.ring = original.ring;
  delivery.notice = original.notice;
  delivery.notice.reason = "in place of " + original.receiver + ", which could not be reached";
  delivery.wakes = receiver->wakes;
  delivery.stands_in_for = original.id;
  if (entry == nullptr) {
    delivery.dedup_key = original.dedup_key + "-" + name;
    deliver(nullptr, std::move(delivery));
    return;
  }
  auto& incident = entry->incident;
  // What was closed, or has rung again since, needs nobody in its place.
  const auto of_original = [&](const Ring& ring) {
    return ring.delivery == original.id && (ring.current || !ring.closed);
  };
  if (std::none_of(incident.rings.begin(), incident.rings.end(), of_original)) return;
  delivery.dedup_key = dedup_key(incident, name, original.level, original.ring);
  const bool same_ring =
      std::any_of(incident.rings.begin(), incident.rings.end(),
                  [&](const Ring& ring) { return ring.dedup_key == delivery.dedup_key; });
  // One that has been told this very level itself is not rung again.
  const auto key = delivery.dedup_key;
  const bool wakes = delivery.wakes;
  const auto id = same_ring ? DeliveryId() : deliver(entry, std::move(delivery));
  Rung rung;
  if (id) rung.told.push_back(name);
  if (id && wakes) rung.woke.push_back(name);
  timeline(incident, TimelineKind::fell_back, name + " is told in place of " + original.receiver,
           std::move(rung));
  if (!id) return;
  incident.rings.push_back(
      Ring{name, original.level, original.ring, key, now, id, false, true, false});
  changed(*entry);
}

void Engine::Impl::fill_summary(Delivery& summary) {
  auto& notice = summary.notice;
  notice.kind = NoticeKind::summary;
  notice.host = config.host;
  notice.host_labels = config.host_labels;
  notice.at = now.wall;
  notice.lines.clear();
  std::vector<const IncidentEntry*> open;
  std::size_t closed = 0;
  std::set<IncidentId> told;
  for (const auto id : outbox.folded_in(summary.id)) {
    const auto* delivery = outbox.find(id);
    if (delivery == nullptr || !delivery->incident || !told.insert(delivery->incident).second)
      continue;
    const auto* entry = find(delivery->incident);
    if (entry == nullptr || !entry->incident.open()) {
      ++closed;
    } else {
      open.push_back(entry);
    }
  }
  std::stable_sort(open.begin(), open.end(), [](const auto* a, const auto* b) {
    return a->incident.severity > b->incident.severity;
  });
  notice.severity = Severity::info;
  notice.opened = now.wall;
  for (const auto* entry : open) {
    const auto& incident = entry->incident;
    notice.severity = std::max(notice.severity, incident.severity);
    notice.opened = std::min(notice.opened, incident.opened.wall);
    if (notice.lines.size() >= config.limits.notice_alerts) continue;
    notice.lines.push_back(
        "#" + std::to_string(incident.id.value) + " " + std::string(to_string(incident.severity)) +
        ", level " + std::to_string(incident.level) + ", still open after " +
        humanize_duration(now.boot - incident.opened.boot) + ": " + entry->summary);
  }
  if (open.size() > config.limits.notice_alerts) {
    notice.lines.push_back("and " + std::to_string(open.size() - config.limits.notice_alerts) +
                           " more still open");
  }
  if (closed > 0)
    notice.lines.push_back(std::to_string(closed) + (closed == 1 ? " is" : " are") +
                           " over by now");
  notice.alerts_total = open.size();
  notice.title = std::to_string(open.size()) + " still open, " + std::to_string(closed) +
                 " over (told late: this channel could not be reached)";
  notice.reason = "this channel could not be reached";
}

}  // namespace tocsin::engine
