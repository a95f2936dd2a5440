// What of a step goes into the hash that must be the same for the same seed, and into the readable
// trace of one seed.
#include <fmt/format.h>

#include "world.hpp"

namespace tocsin::simulation {
namespace {

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 29U);
}

std::uint64_t text(std::string_view value) {
  return std::hash<std::string_view>{}(value);
}

std::uint64_t of(const Alert& one) {
  return mixed(mixed(text(one.key.rule), one.key.labels.hash()),
               static_cast<std::uint64_t>(one.state));
}
std::uint64_t of(const Incident& one) {
  const std::uint64_t hash = mixed(one.id.value, static_cast<std::uint64_t>(one.level));
  return mixed(mixed(hash, one.open() ? 1 : 0), one.rings.size());
}
std::uint64_t of(const Delivery& one) {
  const std::uint64_t hash = mixed(one.id.value, static_cast<std::uint64_t>(one.state));
  return mixed(mixed(hash, text(one.dedup_key)), text(one.notice.title));
}
std::uint64_t of(const TimelineEntry& one) {
  return text(one.text);
}
template <class Other>
std::uint64_t of(const Other& /*one*/) {
  return 1;
}

std::string line(const Record& record) {
  if (const auto* one = std::get_if<Alert>(&record)) {
    return fmt::format("alert {} {} {} ({}) {} incident {}{}{}", one->key.rule,
                       one->key.labels.to_string(), to_string(one->state), to_string(one->reason),
                       to_string(one->severity), one->incident.value,
                       one->no_data ? " no data" : "", one->flapping ? " flapping" : "");
  }
  if (const auto* one = std::get_if<Incident>(&record)) {
    return fmt::format("incident {} {} {}{} level {} {}{}{}", one->id.value, one->group_key,
                       one->open() ? "open" : "closed: ", one->close_reason, one->level,
                       to_string(one->severity),
                       one->acknowledged ? " acknowledged by " + one->acknowledged->by : "",
                       one->storm_of ? fmt::format(" of storm {}", one->storm_of.value) : "");
  }
  if (const auto* one = std::get_if<Delivery>(&record)) {
    return fmt::format("delivery {} {} {} to {} level {} ring {} of incident {}: {}{}",
                       one->id.value, to_string(one->notice.kind), to_string(one->action),
                       one->receiver, one->level, one->ring, one->incident.value,
                       to_string(one->state),
                       one->stands_in_for ? fmt::format(", for {}", one->stands_in_for.value) : "");
  }
  if (const auto* one = std::get_if<TimelineEntry>(&record)) {
    return fmt::format("story of {}: {}", one->incident.value, one->text);
  }
  if (const auto* one = std::get_if<Silence>(&record)) {
    return fmt::format("silence {} {}{}", one->id.value, one->matchers,
                       one->ended_early ? " ended" : "");
  }
  if (const auto* one = std::get_if<Erased>(&record)) {
    return fmt::format("erased {} {}", one->number, one->alert.rule);
  }
  return "";
}
}  // namespace

void World::hash(const engine::Step& step) {
  std::uint64_t& hash = outcome_.hash;
  hash = mixed(hash, step.number.value);
  for (const Record& record : step.records)
    hash = mixed(hash, std::visit([](const auto& one) { return of(one); }, record));
  for (const Delivery& one : step.send) hash = mixed(hash, one.id.value + 1);
  for (const Reply& one : step.replies) hash = mixed(hash, text(one.text) + one.request.value);
  hash = mixed(hash,
               step.wake ? static_cast<std::uint64_t>(step.wake->time_since_epoch().count()) : 0);
}

void World::trace_step(const engine::Step& step, const char* why) {
  if (step.records.empty() && step.send.empty() && step.replies.empty()) return;
  trace(fmt::format("{}: step {}", why, step.number.value));
  for (const Record& record : step.records) {
    const std::string text = line(record);
    if (!text.empty()) trace("    " + text);
  }
  for (const Reply& one : step.replies) {
    trace(fmt::format("    answer to request {}: {}{} {}", one.request.value,
                      one.accepted ? "yes" : "no", one.recorded ? ", recorded" : "", one.text));
  }
}

void World::trace(const std::string& text) {
  if (!options_.trace) return;
  const auto ms = now_.count();
  options_.trace(fmt::format("{}d {:02}:{:02}:{:02}.{:03}  {}", ms / 86'400'000,
                             ms / 3'600'000 % 24, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000,
                             text));
}

}  // namespace tocsin::simulation
