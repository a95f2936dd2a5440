// What a configuration says, item by item in people's words, and what another says otherwise: what
// a reload keeps, adds, removes and changes.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tocsin/config/config.hpp"

namespace tocsin::config {

/// A rule, target, receiver, policy or setting, defaults filled in. Secrets by reference; of one in
/// the clear a short mark, which tells that it changed and little else.
struct Item {
  std::string kind;
  std::string name;
  std::vector<std::pair<std::string, std::string>> says;
};
using Description = std::vector<Item>;
[[nodiscard]] Description describe(const Config& config);

struct Detail {
  std::string key;
  std::string before;  ///< "" : nothing was said
  std::string after;
  bool at_next_start = false;  ///< a reload does not change it
};
struct Change {
  enum class What { added, removed, changed };
  What what = What::changed;
  std::string kind;
  std::string name;
  std::vector<Detail> details;  ///< of what changed
  [[nodiscard]] bool says_anew(std::string_view key) const;
};
struct Difference {
  std::vector<Change> changes;              ///< in the order of the new one, then what is gone
  std::map<std::string, std::size_t> kept;  ///< items that stay as they are, by kind
  [[nodiscard]] bool empty() const { return changes.empty(); }
};
[[nodiscard]] Difference difference(const Description& now, const Description& next);

/// Lines for people, each ending in a newline:
///
///     + rule QueueLong
///     - receiver old-channel   it gets what it is still owed
///     ~ rule CpuHigh: above 80% → 90%
///     kept: 3 policies, 12 rules
[[nodiscard]] std::string render(const Difference& difference);

}  // namespace tocsin::config
