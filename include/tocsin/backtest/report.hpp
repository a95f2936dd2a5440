// What an outcome means for people: rule by rule, and two versions of the rules beside each other.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/backtest/outcome.hpp"
#include "tocsin/base/time_zone.hpp"

namespace tocsin::backtest {

struct RuleReport {
  std::string rule;
  std::size_t pages = 0;   ///< incidents of which somebody was told
  std::size_t untold = 0;  ///< incidents of which nobody was: silenced, inhibited, gone too soon
  std::size_t rings = 0;   ///< notices that opened, climbed or rang again
  std::size_t wakes = 0;   ///< rings that were to wake somebody
  int level = 0;           ///< the highest that was told
  std::map<std::string, std::size_t> whom;  ///< rings by receiver
  std::array<std::size_t, 24> hours{};      ///< pages by the hour at which they began
  Duration firing{};                        ///< in all, instances that overlap counted once
  Duration longest{};                       ///< of its incidents
  Duration median{};                        ///< of its incidents
  bool open_at_end = false;
  bool found_series = false;
  std::string error;
};

/// The noisiest first: by pages, then rings, then name.
[[nodiscard]] std::vector<RuleReport> report(const Outcome& outcome, const TimeZone& zone);

/// What two versions of a rule made of the same past.
struct Pair {
  const Episode* one = nullptr;  ///< none: it missed what the other caught
  const Episode* other = nullptr;
};
struct RuleComparison {
  std::string rule;
  std::string against;  ///< the other one's name, mostly the same
  bool here = true;     ///< whether the first version of the rules has it
  bool there = true;
  std::size_t both = 0;  ///< pages of the one that overlap with some of the other
  std::size_t only_one = 0;
  std::size_t only_other = 0;
  Duration sooner{};        ///< how much sooner the one paged, median over both; negative: later
  std::vector<Pair> pairs;  ///< by time; points into the outcomes
};

/// Of the rules of either outcome; where each has a single one, these two, whatever they are
/// called.
[[nodiscard]] std::vector<RuleComparison> compare(const Outcome& one, const Outcome& other);

}  // namespace tocsin::backtest
