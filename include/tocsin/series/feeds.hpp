// Where a value came from. Every series knows the target that feeds it, and every value that an
// expression makes of series knows the set of all of them: a rule must not believe that all is well
// while one of those that fed it is unknown. Sets are interned: a FeedSet is a small number.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "tocsin/base/ids.hpp"

namespace tocsin::series {

struct Feed {
  TargetId target;
  /// What tocsin itself knows of the target (`up`, `scrape_*`): never unknown once the tick is
  /// over.
  bool own = false;
  friend auto operator<=>(const Feed&, const Feed&) = default;
};

using FeedSet = std::uint32_t;
inline constexpr FeedSet kNoFeeds = 0;

class FeedSets {
 public:
  FeedSets();
  [[nodiscard]] FeedSet single(Feed feed);
  [[nodiscard]] FeedSet united(FeedSet a, FeedSet b);
  /// Sorted, each once; valid until the next call that makes a set.
  [[nodiscard]] std::span<const Feed> members(FeedSet set) const { return sets_[set]; }

 private:
  FeedSet intern(std::vector<Feed> feeds);
  std::vector<std::vector<Feed>> sets_;
  std::vector<FeedSet> singles_;  ///< by target and `own`; kNoFeeds where not asked for yet
  std::map<std::vector<Feed>, FeedSet> ids_;
  std::map<std::pair<FeedSet, FeedSet>, FeedSet> unions_;
};

}  // namespace tocsin::series
