#include "tocsin/series/feeds.hpp"

#include <algorithm>
#include <iterator>

namespace tocsin::series {

FeedSets::FeedSets() {
  intern({});
}  // kNoFeeds

FeedSet FeedSets::single(Feed feed) {
  const std::size_t at = 2 * std::size_t{feed.target.value} + (feed.own ? 1 : 0);
  if (at >= singles_.size()) singles_.resize(at + 1, kNoFeeds);
  if (singles_[at] == kNoFeeds) singles_[at] = intern({feed});
  return singles_[at];
}

FeedSet FeedSets::united(FeedSet a, FeedSet b) {
  if (a == b || b == kNoFeeds) return a;
  if (a == kNoFeeds) return b;
  const auto pair = std::minmax(a, b);
  if (const auto known = unions_.find(pair); known != unions_.end()) return known->second;
  std::vector<Feed> both;
  std::set_union(sets_[a].begin(), sets_[a].end(), sets_[b].begin(), sets_[b].end(),
                 std::back_inserter(both));
  const FeedSet set = intern(std::move(both));
  unions_.emplace(pair, set);
  return set;
}

FeedSet FeedSets::intern(std::vector<Feed> feeds) {
  const auto [at, is_new] = ids_.try_emplace(std::move(feeds), static_cast<FeedSet>(sets_.size()));
  if (is_new) sets_.push_back(at->first);
  return at->second;
}

}  // namespace tocsin::series
