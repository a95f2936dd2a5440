// Numbers that name things, each a type of its own so that none can stand for another.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace tocsin {

template <class Tag, class Rep = std::uint64_t>
struct Id {
  Rep value{};
  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
  /// Zero names nothing.
  constexpr explicit operator bool() const { return value != 0; }
};

using IncidentId = Id<struct IncidentTag>;
using DeliveryId = Id<struct DeliveryTag>;
using SilenceId = Id<struct SilenceTag>;
using StepNumber = Id<struct StepTag>;
/// Names a command on its way through the engine, so that its answer finds the asker.
using RequestId = Id<struct RequestTag>;
/// Index of a target in the engine; stable for as long as a target of that name is configured.
using TargetId = Id<struct TargetTag, std::uint32_t>;

}  // namespace tocsin

template <class Tag, class Rep>
struct std::hash<tocsin::Id<Tag, Rep>> {
  std::size_t operator()(tocsin::Id<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
