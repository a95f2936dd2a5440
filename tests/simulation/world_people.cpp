// People: they see incidents, acknowledge, take it back, silence, end silences, assess, announce
// changes; and sometimes they name what does not exist.
#include "world.hpp"

namespace tocsin::simulation {

void World::schedule_people() {
  recur(Fault::acknowledge, hours(4), [this] { person(Fault::acknowledge); });
  recur(Fault::unacknowledge, hours(8), [this] { person(Fault::unacknowledge); });
  recur(Fault::silence, hours(10), [this] { person(Fault::silence); });
  recur(Fault::end_silence, hours(12), [this] { person(Fault::end_silence); });
  recur(Fault::assess, hours(10), [this] { person(Fault::assess); });
  recur(Fault::change, hours(12), [this] { person(Fault::change); });
  recur(Fault::wrong_command, hours(24), [this] { person(Fault::wrong_command); });
}

std::string World::someone() {
  static constexpr const char* kPeople[] = {"ada", "grace", "edsger"};
  return kPeople[random_.below(3)];
}

IncidentId World::some_open() {
  const auto& open = checkers_.scene().ledger.open;
  if (open.empty()) return {};
  auto one = open.begin();
  std::advance(one, static_cast<long>(random_.below(open.size())));
  return IncidentId(*one);
}

void World::say(decltype(Command::what) what) {
  in_life(now_, [this, what = std::move(what)] {
    command({.request = {}, .by = someone(), .what = what});
  });
}

/// A new incident: often somebody reacts in the minutes after.
void World::people_see(const Incident& incident) {
  if (fair_) return;
  const IncidentId id = incident.id;
  if (swarm_.on(Fault::acknowledge) && random_.one_in(4)) {
    const std::optional<Duration> lasts =
        random_.one_in(2) ? std::optional<Duration>(some(minutes(3), hours(2))) : std::nullopt;
    in_life(now_ + some(seconds(1), minutes(20)), [this, id, lasts] {
      if (!checkers_.scene().ledger.open.contains(id.value)) return;
      count(Fault::acknowledge);
      say(AcknowledgeCommand{.incident = id, .lasts = lasts, .note = "looking"});
    });
  }
  if (swarm_.on(Fault::acknowledge_there) && random_.one_in(4)) {
    at(now_ + some(minutes(5), minutes(25)), [this] {
      for (SimReceiver& receiver : receivers_) {
        if (receiver.plan().can_poll && receiver.acknowledge_one(random_)) {
          trace("somebody acknowledges at " + receiver.plan().name);
          count(Fault::acknowledge_there);
        }
      }
    });
  }
}

void World::person(Fault what) {
  if (!engine_) return;
  const IncidentId id = some_open();
  const auto& ledger = checkers_.scene().ledger;
  switch (what) {
    case Fault::acknowledge:
      if (!id) return;
      say(AcknowledgeCommand{.incident = id, .lasts = some(minutes(3), hours(1)), .note = ""});
      break;
    case Fault::unacknowledge:
      if (!id || !ledger.incident(id)->acknowledged) return;
      say(UnacknowledgeCommand{.incident = id});
      break;
    case Fault::silence: {
      static constexpr const char* kMatchers[] = {
          R"({instance="a"})",          R"({instance=~"b|c"})", R"({component="database"})",
          R"({component!="database"})", R"({disk=~"d1.*"})",    R"({revenue="yes"})"};
      say(SilenceCommand{.matchers = kMatchers[random_.below(6)],
                         .lasts = some(minutes(5), hours(3)),
                         .reason = "work on it"});
      break;
    }
    case Fault::end_silence:
      if (ledger.silences.empty()) return;
      say(EndSilenceCommand{.silence = SilenceId(ledger.silences.rbegin()->first)});
      break;
    case Fault::assess:
      if (!id) return;
      say(AssessCommand{.incident = id, .impact = static_cast<Impact>(random_.below(4))});
      break;
    case Fault::change:
      say(ChangeCommand{.text = "a release", .link = "", .concerns = ""});
      break;
    case Fault::wrong_command:
      say(AcknowledgeCommand{.incident = IncidentId(999'999'999), .lasts = {}, .note = ""});
      break;
    default:
      return;
  }
  count(what);
}

}  // namespace tocsin::simulation
