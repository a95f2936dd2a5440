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
constexpr int kChangesNoted = 5;
constexpr Duration kBurst = std::chrono::minutes(10);  ///< in which so many may be announced
constexpr auto kSuspectFor = std::chrono::hours(1);
constexpr std::size_t kTextMost = 500;  ///< bytes
constexpr std::size_t kLinkMost = 1000;

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

bool is_link(std::string_view text) {
  return (text.starts_with("https://") || text.starts_with("http://")) &&
         text.find(' ') == std::string_view::npos && is_one_line(text);
}

/// What keeps it from being announced; "" where nothing does.
std::string trouble_of(const ChangeCommand& what) {
  if (what.text.empty()) return "a change needs a text: what was changed";
  if (what.text.size() > kTextMost || !is_one_line(what.text))
    return "a change is told in one line of " + std::to_string(kTextMost) +
           " bytes at most; more belongs behind its link";
  if (!what.link.empty() && !is_link(what.link))
    return "the link must begin with https:// or http://, and have no space in it";
  if (what.link.size() > kLinkMost || what.concerns.size() > kTextMost)
    return "the link or the matchers are too long";
  const auto concerns = Matchers::parse(what.concerns);
  return concerns ? "" : concerns.error().text;
}

}  // namespace

void Engine::Impl::forget_old_changes() {
  std::erase_if(changes, [&](const KnownChange& known) {
    return now.wall - known.change.at > kChangeKeptFor;
  });
}

void Engine::Impl::announce(const Command& command, const ChangeCommand& what) {
  if (const auto trouble = trouble_of(what); !trouble.empty())
    return answer(command, false, trouble);
  if (changes.size() >= kChangesKept && now.wall - changes.front().change.at < kBurst)
    return answer(command, false,
                  "too many changes are announced: " + std::to_string(kChangesKept) + " within " +
                      humanize_duration(kBurst));
  while (changes.size() >= kChangesKept) changes.erase(changes.begin());
  auto concerns = Matchers::parse(what.concerns).value_or(Matchers());
  const Change change{now.wall, command.by, what.text, what.link,
                      concerns.empty() ? "" : concerns.to_string()};
  changes.push_back({change, std::move(concerns)});
  state_changed = true;
  log(LogLine::Level::info, command.by + " announces a change: " + change.text);
  note_in_stories(changes.back());
  std::string told;
  for (const auto& receiver : config.receivers) {
    if (!receiver.changes) continue;
    if (tell_change(change, receiver.name)) told += (told.empty() ? "" : ", ") + receiver.name;
  }
  answer(
      command, true,
      "kept: incidents that open within the hour show it; " +
          (told.empty() ? "no receiver with `changes = true` is told" : "on its way to " + told));
}

/// A bounded number in each story: what happened to the incident itself needs the room.
void Engine::Impl::note_in_stories(const KnownChange& known) {
  for (auto& [id, entry] : incidents) {
    if (!entry.incident.open() || entry.changes_noted >= kChangesNoted) continue;
    if (!known.concerns.empty() && !concerns_any(known.concerns, entry)) continue;
    std::string text = known.change.by + " announces a change: " + known.change.text;
    if (++entry.changes_noted == kChangesNoted)
      text += " (`tocsin changes` lists what follows: no more of them are noted here)";
    timeline(entry.incident, TimelineKind::note, std::move(text));
  }
}

DeliveryId Engine::Impl::tell_change(const Change& change, const std::string& receiver) {
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
  return deliver(nullptr, std::move(delivery));
}

/// What becomes of a change says nothing of how the receiver takes notices: it may have another
/// address there.
void Engine::Impl::change_told(const Delivery& change, const outbox::Event& event) {
  using Kind = outbox::Event::Kind;
  const LogSubject about = {.incident = {}, .receiver = change.receiver};
  if (event.kind == Kind::delivered) {
    log(LogLine::Level::info, "receiver " + change.receiver + " is told of a change", about);
  } else if (event.kind == Kind::refused || event.kind == Kind::expired ||
             event.kind == Kind::undeliverable) {
    log(LogLine::Level::warning,
        "receiver " + change.receiver + " is not told of a change: " + event.detail, about);
  }
}

std::string Engine::Impl::last_change(const Incident& incident,
                                      const std::vector<AlertEntry*>& members) const {
  const auto opened = incident.opened.wall;
  const Change* before = nullptr;
  const Change* since = nullptr;
  for (const auto& known : changes) {
    const auto& change = known.change;
    if (change.at < opened - kSuspectFor || !may_explain(known, members)) continue;
    (change.at <= opened ? before : since) = &change;
  }
  const auto told = [](const Change& change, Duration away, const char* where) {
    return change.text + " (by " + change.by + ", " + humanize_duration(away) + where;
  };
  std::string text;
  if (before != nullptr) text = told(*before, opened - before->at, " before it opened)");
  if (since != nullptr) {
    text += (text.empty() ? "" : "; since then ") +
            told(*since, since->at - opened, " after it opened)");
  }
  return text;
}

bool Engine::Impl::may_explain(const KnownChange& change,
                               const std::vector<AlertEntry*>& members) const {
  return change.concerns.empty() ||
         std::any_of(members.begin(), members.end(),
                     [&](const auto* entry) { return concerns(change.concerns, *entry); });
}

std::vector<Change> Engine::changes() const {
  std::vector<Change> all;
  for (const auto& known : impl_->changes) all.push_back(known.change);
  return all;
}

}  // namespace tocsin::engine
