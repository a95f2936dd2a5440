// Windows on the calendar: which are in force now, and what that means to those who are told.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {

bool Engine::Impl::ended_early(const std::string& window, WallTime begins) const {
  return std::any_of(silences.begin(), silences.end(), [&](const auto& kept) {
    return kept.second.silence.window == window && kept.second.silence.begins == begins;
  });
}

bool Engine::Impl::look_at_calendar(std::size_t window) {
  const auto& spec = config.maintenance[window];
  auto& known = windows[window];
  if (now.wall < known.from || now.wall >= known.until) {
    known.current = incident::occurrence_at(spec, now.wall);
    known.from = known.current ? known.current->begins : now.wall;
    known.until = known.current ? known.current->ends : WallTime::max();
    const auto next = incident::occurrence_after(spec, now.wall);
    if (next) known.until = std::min(known.until, next->begins);
  }
  return known.current && !ended_early(spec.name, known.current->begins);
}

void Engine::Impl::window_began(std::size_t window) {
  const auto& spec = config.maintenance[window];
  windows[window].in_force = true;
  const auto text = "maintenance " + spec.name + " until " + shown(windows[window].current->ends) +
                    ": " + spec.reason;
  withholding_began(spec.match, TimelineKind::withheld, text);
}

void Engine::Impl::configure_windows(const std::vector<incident::MaintenanceWindow>& before) {
  std::map<std::string, const Matchers*> were;  // in force, by name
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows[i].in_force) were.emplace(before[i].name, &before[i].match);
  }
  windows.assign(config.maintenance.size(), {});
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (!look_at_calendar(i)) continue;
    windows[i].in_force = were.erase(config.maintenance[i].name) > 0;
    if (!windows[i].in_force) window_began(i);
  }
  for (const auto& [name, match] : were) {
    withholding_ended(*match, "maintenance " + name + " has ended: the configuration says so");
  }
}

void Engine::Impl::follow_calendar() {
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const bool in_force_now = look_at_calendar(i);
    if (in_force_now == windows[i].in_force) continue;
    if (in_force_now) {
      window_began(i);
      continue;
    }
    windows[i].in_force = false;
    const auto& spec = config.maintenance[i];
    withholding_ended(spec.match, "maintenance " + spec.name + " has ended");
  }
  for (auto& [id, kept] : silences) {
    const bool in_force_now = in_force(kept.silence, now);
    if (in_force_now == kept.in_force) continue;
    kept.in_force = in_force_now;
    // Other silences are written about by those who make and end them.
    if (!kept.silence.maintenance) continue;
    const auto name = "maintenance " + std::to_string(id.value);
    if (in_force_now) {
      withholding_began(
          kept.matchers, TimelineKind::withheld,
          name + " until " + shown(ends_at(kept.silence)) + ": " + kept.silence.reason);
    } else {
      withholding_ended(kept.matchers, name + " has ended");
    }
  }
}

std::optional<BootTime> Engine::Impl::next_on_calendar() const {
  std::optional<BootTime> next;
  const auto consider = [&](std::optional<BootTime> at) {
    if (at && (!next || *at < *next)) next = at;
  };
  // One that is over is still to be forgotten, and its end to be told, by wake_due().
  for (const auto& [id, kept] : silences)
    consider(over(kept.silence, now) ? now.boot : next_change(kept.silence, now));
  for (const auto& window : windows) {
    if (window.until != WallTime::max()) consider(now.boot + (window.until - now.wall));
  }
  return next;
}

std::optional<std::size_t> Engine::Impl::window_over(const AlertEntry& entry) const {
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows[i].in_force && concerns(config.maintenance[i].match, entry)) return i;
  }
  return std::nullopt;
}

bool Engine::Impl::concerns(const Matchers& matchers, const AlertEntry& entry) const {
  return matchers.matches([&](std::string_view name) { return label_of(entry, name); });
}

bool Engine::Impl::concerns_any(const Matchers& matchers, const IncidentEntry& entry) const {
  return std::any_of(entry.members.begin(), entry.members.end(), [&](const auto& key) {
    const auto* alert = find(key);
    return alert != nullptr && concerns(matchers, *alert);
  });
}

void Engine::Impl::tell_story_of(const Matchers& matchers, TimelineKind kind,
                                 const std::string& text) {
  for (auto& [id, entry] : incidents) {
    if (!entry.incident.open() || !concerns_any(matchers, entry)) continue;
    timeline(entry.incident, kind, text);
    touch(id);
  }
}

void Engine::Impl::withholding_began(const Matchers& matchers, TimelineKind kind,
                                     const std::string& text) {
  log(LogLine::Level::info, text);
  tell_story_of(matchers, kind, text);
}

void Engine::Impl::withholding_ended(const Matchers& matchers, const std::string& text) {
  log(LogLine::Level::info, text);
  tell_story_of(matchers, TimelineKind::released, text);
  touch_all_open();
}

std::vector<MaintenanceStatus> Engine::Impl::maintenance_at(Now at) const {
  std::vector<MaintenanceStatus> all;
  for (const auto& spec : config.maintenance) {
    MaintenanceStatus shown;
    shown.name = spec.name;
    shown.matchers = spec.match.to_string();
    shown.recurrence = incident::recurrence_text(spec);
    shown.reason = spec.reason;
    shown.author = spec.author;
    shown.zone = spec.zone;
    auto occurrence = incident::occurrence_at(spec, at.wall);
    if (occurrence) {
      shown.ended_early = ended_early(spec.name, occurrence->begins);
      shown.in_force = !shown.ended_early;
    }
    if (!shown.in_force) occurrence = incident::occurrence_after(spec, at.wall);
    if (occurrence) {
      shown.begins = occurrence->begins;
      shown.ends = occurrence->ends;
    }
    all.push_back(std::move(shown));
  }
  for (const auto& [id, kept] : silences) {
    if (!kept.silence.maintenance || over(kept.silence, at)) continue;
    MaintenanceStatus shown;
    shown.name = reference_to(kept.silence);
    shown.by_hand = true;
    shown.matchers = kept.silence.matchers;
    shown.reason = kept.silence.reason;
    shown.author = kept.silence.author;
    shown.in_force = in_force(kept.silence, at);
    shown.begins = begins_at(kept.silence);
    shown.ends = ends_at(kept.silence);
    all.push_back(std::move(shown));
  }
  return all;
}

}  // namespace tocsin::engine
