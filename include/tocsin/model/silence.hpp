// A silence withholds opens, updates and levels of the alerts that it matches; never a measurement,
// never the record, never a close. Always with an author, a reason and an end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin {

struct Silence {
  SilenceId id;
  std::string matchers;  ///< as Matchers::parse reads them
  std::string author;
  std::string reason;
  Stamp created;
  Duration lasts{};
  bool ended_early = false;
  bool maintenance = false;  ///< a maintenance window that was made by hand
  /// By the calendar, and so is its end; none: from `created` on, for so long on the boot clock.
  std::optional<WallTime> begins;
  /// Where it names a configured maintenance window, it silences nothing: the occurrence of that
  /// window that begins at `begins` has been ended early.
  std::string window;
};

/// "S3", of a maintenance window "M3": their numbers are drawn with those of incidents, and no
/// reader should take one for the other.
[[nodiscard]] std::string reference_to(const Silence& silence);
/// The number in "S3", "M3" or "3"; 0 where there is none.
[[nodiscard]] std::uint64_t number_in(std::string_view reference);

[[nodiscard]] bool in_force(const Silence& silence, Now now);
/// It can be forgotten. Of one that goes by the calendar both clocks must say so: the calendar
/// alone may have jumped, and may come back.
[[nodiscard]] bool over(const Silence& silence, Now now);
/// When it next begins, ends or is over; none where it is.
[[nodiscard]] std::optional<BootTime> next_change(const Silence& silence, Now now);
[[nodiscard]] WallTime begins_at(const Silence& silence);
[[nodiscard]] WallTime ends_at(const Silence& silence);

}  // namespace tocsin
