// Risk: a corner where two rules meet. Every sequence of a few turns is played in two small
// worlds, a pager with one key and a channel with two incidents, and after each turn it is checked
// what must hold always; then the weather clears, and it is checked that everything ends well.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "unit/outbox/script.hpp"

using namespace tocsin;
using namespace tocsin::outbox;
using Do = tocsin::DeliveryAction;
using tocsin::outbox::test::channel;
using tocsin::outbox::test::pager;
using tocsin::outbox::test::Script;

namespace {

/// What storage must be told of when it changes.
struct Recorded {
  explicit Recorded(const Delivery& d)
      : id(d.id),
        state(d.state),
        attempts(d.attempts),
        next_attempt(d.next_attempt),
        may_have_arrived(d.may_have_arrived),
        folded_into(d.folded_into),
        fallbacks_used(d.fallbacks_used) {}
  DeliveryId id;
  DeliveryState state;
  std::uint32_t attempts;
  std::optional<Stamp> next_attempt;
  bool may_have_arrived;
  DeliveryId folded_into;
  std::uint32_t fallbacks_used;
  friend bool operator==(const Recorded&, const Recorded&) = default;
};

class World {
 public:
  enum class Turn { open, close, second, release, yes, no, lost, later, acknowledge, restart };

  World(Receiver receiver, Tuning tuning)
      : receiver_(std::move(receiver)), script_({receiver_}, tuning) {}

  void play(Turn turn) {
    const std::vector<Recorded> before = seen();
    const std::size_t attempts = script_.attempts.size();
    script_.recorded.clear();
    happen(turn);
    begun(attempts);
    check_recorded(before);
    check_always();
  }

  void clear_weather() {
    for (int i = 0; i < 200 && script_.outbox.waiting() > 0; ++i) {
      const std::vector<Recorded> before = seen();
      const std::size_t attempts = script_.attempts.size();
      script_.recorded.clear();
      if (const auto id = oldest(DeliveryState::recording)) {
        script_.release(*id);
      } else if (const auto under_way = oldest(DeliveryState::sending)) {
        arrive(*under_way);
        script_.yes(*under_way);
      } else {
        const auto due = script_.outbox.next_due();
        if (!due) break;
        if (*due > script_.now.boot) script_.pass(*due - script_.now.boot);
        script_.wake();
      }
      begun(attempts);
      check_recorded(before);
      check_always();
    }
    if (script_.outbox.waiting() > 0) fault("something waits for ever");
    for (const auto& [key, closed] : closed_) {
      if (closed && open_there_.count(key) > 0) fault("its close never came");
    }
  }

  std::string faults;

 private:
  [[nodiscard]] std::vector<Recorded> seen() const {
    std::vector<Recorded> all;
    for (const Delivery* delivery : script_.known()) all.emplace_back(*delivery);
    return all;
  }

  void happen(Turn turn) {
    switch (turn) {
      case Turn::open:
        add(Do::open, 1);
        break;
      case Turn::second:
        receiver_.by_key ? add(Do::acknowledge, 1) : add(Do::open, 2);
        break;
      case Turn::close:
        add(Do::close, 1);
        script_.close(1);
        closed_["1"] = true;
        break;
      case Turn::release:
        if (const auto id = oldest(DeliveryState::recording)) script_.release(*id);
        break;
      case Turn::yes:
      case Turn::no:
      case Turn::lost:
        answer(turn);
        break;
      case Turn::later:  // nothing stays unrecorded, or unanswered, for as long as that
        if (oldest(DeliveryState::recording) || oldest(DeliveryState::sending)) break;
        if (const auto due = script_.outbox.next_due()) {
          if (*due > script_.now.boot) script_.pass(*due - script_.now.boot);
          script_.wake();
        }
        break;
      case Turn::acknowledge:
        script_.acknowledge(1);
        break;
      case Turn::restart:
        script_.restart({receiver_}, seconds(1));
        break;
    }
  }

  void add(Do action, std::uint64_t incident) {
    if (closed_[std::to_string(incident)]) return;  // the engine says nothing after a close
    const bool opened = opened_.count(incident) > 0;
    if (action == Do::open ? opened : !opened) return;
    opened_.insert(incident);
    Delivery delivery = script_.make(action, receiver_.name, std::to_string(incident), incident);
    delivery.wakes = action == Do::open && receiver_.wakes;
    script_.add(std::move(delivery));
  }

  void answer(Turn turn) {
    const auto id = oldest(DeliveryState::sending);
    if (!id) return;
    if (turn == Turn::no) return script_.no(*id);
    if (turn == Turn::yes || turn == Turn::lost) arrive(*id);
    turn == Turn::yes ? script_.yes(*id) : script_.lost(*id);
  }

  /// What the receiver makes of it: the same as a pager, or a reader, would.
  void arrive(DeliveryId id) {
    for (const DeliveryId part : script_.outbox.folded_in(id)) arrive(part);
    const Delivery& delivery = *script_.outbox.find(id);
    if (delivery.action == Do::open && delivery.incident) open_there_.insert(delivery.dedup_key);
    if (delivery.action == Do::close) open_there_.erase(delivery.dedup_key);
  }

  void begun(std::size_t from) {
    for (std::size_t i = from; i < script_.attempts.size(); ++i) {
      const Delivery& delivery = *script_.outbox.find(script_.attempts[i]);
      for (const Delivery* known : script_.known()) {
        const Delivery& other = *known;
        if (other.id >= delivery.id || is_final(other.state)) continue;
        if (other.incident && other.incident == delivery.incident)
          fault("it has overtaken another");
      }
    }
  }

  void check_recorded(const std::vector<Recorded>& before) {
    for (const Recorded& old : before) {
      const Delivery* now = script_.outbox.find(old.id);
      if (now == nullptr) return fault("forgotten");
      if (Recorded(*now) != old && script_.recorded.count(old.id) == 0) {
        fault("a change is not to be recorded");
      }
      const bool may_end_again = old.state == DeliveryState::folded;
      if (is_final(old.state) && old.state != now->state && !may_end_again) {
        fault("a final state has changed");
      }
    }
  }

  void check_always() {
    std::size_t waiting = 0;
    std::size_t sending = 0;
    bool recording = false;
    for (const Delivery* known : script_.known()) {
      const Delivery& delivery = *known;
      if (!is_final(delivery.state)) ++waiting;
      if (delivery.state == DeliveryState::sending) ++sending;
      recording = recording || delivery.state == DeliveryState::recording;
      if (delivery.action == Do::close && delivery.state == DeliveryState::withdrawn &&
          open_there_.count(delivery.dedup_key) > 0) {
        fault("a close that is owed was withdrawn");
      }
    }
    if (waiting != script_.outbox.waiting()) fault("miscounted");
    if (sending > (receiver_.by_key ? script_.tuning.in_flight_by_key : 1))
      fault("too many at once");
    if (script_.outbox.waiting() > 0 && sending == 0 && !recording && !script_.outbox.next_due()) {
      fault("stuck");
    }
    for (const std::string& key : open_there_) {
      if (!script_.outbox.may_have_got(receiver_.name, key)) fault("it has got it after all");
    }
  }

  [[nodiscard]] std::optional<DeliveryId> oldest(DeliveryState state) const {
    for (const Delivery* known : script_.known()) {
      const Delivery& delivery = *known;
      if (delivery.state == state) return delivery.id;
    }
    return std::nullopt;
  }
  void fault(const std::string& text) { faults += text + "; "; }

  Receiver receiver_;
  Script script_;
  std::set<std::uint64_t> opened_;
  std::map<std::string, bool> closed_;
  std::set<std::string> open_there_;
};

using Turn = World::Turn;

std::string name(const std::vector<Turn>& turns) {
  static const char* const kNames[] = {"open", "close", "second", "release",     "yes",
                                       "no",   "lost",  "later",  "acknowledge", "restart"};
  std::string text;
  for (const Turn turn : turns) text += std::string(kNames[static_cast<int>(turn)]) + " ";
  return text;
}

/// Plays every sequence of that length after the first open; the first that fails is shown.
void play_all(const Receiver& receiver, const Tuning& tuning, const std::vector<Turn>& alphabet,
              std::size_t length) {
  std::vector<std::size_t> digits(length, 0);
  std::size_t played = 0;
  while (true) {
    std::vector<Turn> turns{Turn::open};
    for (const std::size_t digit : digits) turns.push_back(alphabet[digit]);
    World world(receiver, tuning);
    for (const Turn turn : turns) world.play(turn);
    world.clear_weather();
    if (!world.faults.empty()) {
      FAIL(name(turns) << ": " << world.faults);
      return;
    }
    ++played;
    std::size_t at = 0;
    while (at < length && ++digits[at] == alphabet.size()) digits[at++] = 0;
    if (at == length) break;
  }
  CHECK(played > 5'000);
}

}  // namespace

TEST_CASE("outbox: every short life of a page ends well") {
  play_all(pager("pager"), {},
           {Turn::second, Turn::close, Turn::release, Turn::yes, Turn::no, Turn::lost, Turn::later,
            Turn::acknowledge},
           5);
}

TEST_CASE("outbox: every short life of a page with a restart in it ends well") {
  play_all(pager("pager"), {},
           {Turn::second, Turn::close, Turn::release, Turn::yes, Turn::lost, Turn::restart}, 5);
}

TEST_CASE("outbox: every short life of a channel's notices ends well") {
  Tuning tuning;
  tuning.fold_from = 2;
  play_all(
      channel("chat"), tuning,
      {Turn::second, Turn::close, Turn::release, Turn::yes, Turn::no, Turn::lost, Turn::restart},
      5);
}
