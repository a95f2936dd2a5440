#include "tocsin/model/silence.hpp"

#include <charconv>

namespace tocsin {

std::string reference_to(const Silence& silence) {
  return (silence.maintenance ? "M" : "S") + std::to_string(silence.id.value);
}

std::uint64_t number_in(std::string_view reference) {
  if (reference.starts_with('S') || reference.starts_with('M')) reference.remove_prefix(1);
  std::uint64_t number = 0;
  const char* const last = reference.data() + reference.size();
  const auto [end, error] = std::from_chars(reference.data(), last, number);
  return error == std::errc() && end == last ? number : 0;
}

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
