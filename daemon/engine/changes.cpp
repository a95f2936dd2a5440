// What people changed: told to whom the configuration names, and shown by the incidents that
// follow.
#include <algorithm>
#include <utility>

#include "engine/impl.hpp"
#include "tocsin/base/hash.hpp"

namespace tocsin::engine {
namespace {

constexpr std::size_t kChangesKept = 20;
constexpr auto kChangeKeptFor = std::chrono::hours(24);
constexpr auto kSuspectFor = std::chrono::hours(1);
constexpr std::size_t kChangeTextMost = 500;  ///< bytes
constexpr std::size_t kChangeLinkMost = 1000;

bool is_link(std::string_view text) {
  return (text.starts_with("https://") || text.starts_with("http://")) &&
         std::none_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c == '\x7f'; });
}

std::vector<Change> not_too_old(std::vector<Change> changes, Now now) {
  std::erase_if(changes, [&](const Change& each) { return now.wall - each.at > kChangeKeptFor; });
  return changes;
}

/// What keeps it from being announced; "" where nothing does.
std::string trouble_of(const ChangeCommand& what) {
  if (what.text.empty()) return "a change needs a text: what was changed";
  if (what.text.size() > kChangeTextMost)
    return "a change is told in " + std::to_string(kChangeTextMost) +
           " bytes at most; more belongs behind its link";
  if (!what.link.empty() && (!is_link(what.link) || what.link.size() > kChangeLinkMost))
    return "the link must begin with https:// or http://, and have no space in it";
  const auto concerns = Matchers::parse(what.concerns);
  return concerns ? "" : concerns.error().text;
}

}  // namespace

void Engine::Impl::announce(const Command& command, const ChangeCommand& what) {
  if (const auto trouble = trouble_of(what); !trouble.empty())
    return answer(command, false, trouble);
  const auto concerns = Matchers::parse(what.concerns).value_or(Matchers());
  const Change change{now.wall, command.by, what.text, what.link,
                      concerns.empty() ? "" : concerns.to_string()};
  auto& kept = state.changes = not_too_old(std::move(state.changes), now);
  if (kept.size() >= kChangesKept) kept.erase(kept.begin());
  kept.push_back(change);
  state_changed = true;
  log(LogLine::Level::info, command.by + " announces a change: " + change.text);
  tell_story_of(concerns, TimelineKind::note, command.by + " announces a change: " + change.text);
  std::string told;
  for (const auto& receiver : config.receivers) {
    if (!receiver.changes) continue;
    tell_change(change, receiver.name);
    told += (told.empty() ? "" : ", ") + receiver.name;
  }
  answer(command, true,
         "kept: incidents that open within the hour show it; " +
             (told.empty() ? "no receiver has `changes = true`" : "on its way to " + told));
}

void Engine::Impl::tell_change(const Change& change, const std::string& receiver) {
  Delivery delivery;
  delivery.receiver = receiver;
  delivery.action = DeliveryAction::open;
  delivery.ring = state.next_ring++;
  delivery.dedup_key =
      "tocsin-change-" + StableHash().add(config.host).add(receiver).add(delivery.ring).hex();
  auto& notice = delivery.notice;
  notice.kind = NoticeKind::change;
  notice.host = config.host;
  notice.host_labels = config.host_labels;
  notice.title = change.text;
  notice.link = change.link;
  notice.severity = Severity::info;
  notice.at = change.at;
  notice.opened = change.at;
  notice.reason = "announced by " + change.by;
  deliver(nullptr, std::move(delivery));
}

std::string Engine::Impl::last_change(const Incident& incident,
                                      const std::vector<AlertEntry*>& members) const {
  const auto suspect =
      std::find_if(state.changes.rbegin(), state.changes.rend(), [&](const Change& change) {
        if (change.at < incident.opened.wall - kSuspectFor) return false;
        const auto concerns = Matchers::parse(change.concerns);
        return concerns && (concerns->empty() ||
                            std::any_of(members.begin(), members.end(), [&](const auto* entry) {
                              return this->concerns(*concerns, *entry);
                            }));
      });
  if (suspect == state.changes.rend()) return "";
  const auto before = incident.opened.wall - suspect->at;
  const bool after = before < Duration::zero();
  return suspect->text + " (by " + suspect->by + ", " +
         humanize_duration(after ? -before : before) + (after ? " after" : " before") +
         " it opened)";
}

std::vector<Change> Engine::changes(Now now) const {
  return not_too_old(impl_->state.changes, now);
}

}  // namespace tocsin::engine
