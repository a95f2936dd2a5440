// A person withholds notices: silences, maintenance windows made by hand, and their early ends.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {
namespace {

constexpr auto kLongestSilence = std::chrono::hours(24 * 30);
constexpr auto kFurthest = std::chrono::hours(24 * 366);

std::string named(const Silence& silence) {
  return (silence.maintenance ? "maintenance " : "silence ") + reference_to(silence);
}

std::string described(const Silence& silence) {
  return " silences " + silence.matchers + " for " + humanize_duration(silence.lasts) + ": " +
         silence.reason;
}

}  // namespace

bool Engine::Impl::may_withhold(const Command& command, const Silence& draft) {
  const std::string what = draft.maintenance ? "a maintenance window" : "a silence";
  const auto no = [&](std::string why) {
    answer(command, false, std::move(why));
    return false;
  };
  if (draft.reason.empty()) return no(what + " needs a reason");
  if (draft.lasts <= Duration::zero() || draft.lasts > kLongestSilence) {
    return no(what + " lasts between 1 s and 30 days");
  }
  const auto matchers = Matchers::parse(draft.matchers);
  if (!matchers) return no(matchers.error().text);
  if (matchers->empty()) return no(what + " without a matcher would silence everything");
  if (draft.begins && *draft.begins > now.wall + kFurthest) {
    return no(what + " begins within a year");
  }
  if (draft.begins && *draft.begins <= now.wall - draft.lasts) {
    return no("that would have ended at " + shown(*draft.begins + draft.lasts));
  }
  if (silences.size() >= config.limits.silences) return no("limits.silences is reached");
  return true;
}

const Silence& Engine::Impl::keep_silence(Silence silence) {
  silence.id = SilenceId(next_id());
  silence.created = now;
  auto matchers = Matchers::parse(silence.matchers).value_or(Matchers());
  if (!silence.matchers.empty()) silence.matchers = matchers.to_string();
  dirty_silences.insert(silence.id);
  const bool already = in_force(silence, now);
  const auto id = silence.id;
  return silences.emplace(id, SilenceEntry{std::move(silence), std::move(matchers), already})
      .first->second.silence;
}

std::string Engine::Impl::matched_now(const Matchers& matchers) const {
  std::size_t count = 0;
  for (const auto& [name, rule] : rules) {
    for (const auto& [labels, entry] : rule.alerts) {
      if (entry.alert.state != AlertState::inactive && concerns(matchers, entry)) ++count;
    }
  }
  if (count == 0) return "it matches no alert now; it will hold for those that come";
  return "it matches " + std::to_string(count) + (count == 1 ? " alert now" : " alerts now");
}

void Engine::Impl::add_silence(const Command& command, const SilenceCommand& what) {
  Silence draft;
  draft.matchers = what.matchers;
  draft.author = command.by;
  draft.reason = what.reason;
  draft.lasts = what.lasts;
  if (!may_withhold(command, draft)) return;
  const auto& silence = keep_silence(std::move(draft));
  withholding_began(silences.at(silence.id).matchers, TimelineKind::silenced,
                    command.by + described(silence));
  answer(command, true,
         named(silence) + " lasts until " + shown(ends_at(silence)) + "; " +
             matched_now(silences.at(silence.id).matchers),
         silence.id.value);
}

void Engine::Impl::end_silence(const Command& command, const EndSilenceCommand& what) {
  const auto found = silences.find(what.silence);
  if (found == silences.end() || !found->second.silence.window.empty()) {
    return answer(command, false, "there is no silence S" + std::to_string(what.silence.value));
  }
  const std::string name = named(found->second.silence);
  if (!found->second.silence.maintenance)
    withholding_ended(found->second.matchers, command.by + " has ended " + name);
  silences.erase(found);
  more_records.emplace_back(Erased{Erased::Kind::silence, {}, what.silence.value, {}});
  touch_all_open();
  answer(command, true, name + " has ended", what.silence.value);
}

void Engine::Impl::start_maintenance(const Command& command, const MaintenanceCommand& what) {
  Silence draft;
  draft.matchers = what.matchers;
  draft.author = command.by;
  draft.reason = what.reason;
  draft.lasts = what.lasts;
  draft.maintenance = true;
  draft.begins = what.begins;
  if (!may_withhold(command, draft)) return;
  const auto& silence = keep_silence(std::move(draft));
  const std::string span =
      "from " + shown(begins_at(silence)) + " until " + shown(ends_at(silence));
  if (in_force(silence, now)) {
    withholding_began(silences.at(silence.id).matchers, TimelineKind::withheld,
                      named(silence) + " until " + shown(ends_at(silence)) + " (" + command.by +
                          "): " + silence.reason);
  } else {
    log(LogLine::Level::info, command.by + " plans " + named(silence) + " of " + silence.matchers +
                                  " " + span + ": " + silence.reason);
  }
  answer(command, true,
         in_force(silence, now) ? named(silence) + " is in force until " + shown(ends_at(silence)) +
                                      "; " + matched_now(silences.at(silence.id).matchers)
                                : named(silence) + " is planned " + span,
         silence.id.value);
}

void Engine::Impl::end_maintenance(const Command& command, const EndMaintenanceCommand& what) {
  const auto& configured = config.maintenance;
  const auto by_name = std::find_if(configured.begin(), configured.end(),
                                    [&](const auto& one) { return one.name == what.which; });
  if (by_name != configured.end()) {
    return end_occurrence(command, static_cast<std::size_t>(by_name - configured.begin()));
  }
  const SilenceId id(number_in(what.which));
  const auto found = silences.find(id);
  if (found == silences.end() || !found->second.silence.maintenance) {
    return answer(command, false, "there is no maintenance \"" + what.which + "\"");
  }
  if (found->second.in_force) {
    withholding_ended(found->second.matchers,
                      command.by + " has ended " + named(found->second.silence));
  }
  end_silence(command, {id});
}

void Engine::Impl::end_occurrence(const Command& command, std::size_t window) {
  const auto& spec = config.maintenance[window];
  auto& present = windows[window];
  if (!present.in_force) {
    return answer(command, false,
                  "maintenance " + spec.name +
                      " is not in force; to be rid of it for good, take it out of the "
                      "configuration");
  }
  Silence ended;
  ended.author = command.by;
  ended.reason = "ended early";
  ended.begins = present.current->begins;
  ended.lasts = present.current->ends - present.current->begins;
  ended.window = spec.name;
  keep_silence(std::move(ended));
  present.in_force = false;
  withholding_ended(spec.match, command.by + " has ended maintenance " + spec.name + " early");
  answer(command, true, "maintenance " + spec.name + " has ended, until it recurs");
}

}  // namespace tocsin::engine
