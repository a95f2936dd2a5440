#include "tocsin/model/silence.hpp"

namespace tocsin {

WallTime begins_at(const Silence& silence) {
  return silence.begins.value_or(silence.created.wall);
}

WallTime ends_at(const Silence& silence) {
  return begins_at(silence) + silence.lasts;
}

bool in_force(const Silence& silence, Now now) {
  if (!silence.window.empty()) return false;
  if (!silence.begins) return now.boot < silence.created.boot + silence.lasts;
  return *silence.begins <= now.wall && now.wall < ends_at(silence);
}

bool over(const Silence& silence, Now now) {
  const BootTime end = silence.created.boot + (ends_at(silence) - silence.created.wall);
  return now.boot >= end && (!silence.begins || now.wall >= ends_at(silence));
}

std::optional<BootTime> next_change(const Silence& silence, Now now) {
  if (over(silence, now)) return std::nullopt;
  if (silence.begins && now.wall < *silence.begins) return now.boot + (*silence.begins - now.wall);
  if (silence.begins && now.wall < ends_at(silence))
    return now.boot + (ends_at(silence) - now.wall);
  return silence.created.boot + (ends_at(silence) - silence.created.wall);
}

}  // namespace tocsin
