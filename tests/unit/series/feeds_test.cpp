#include "tocsin/series/feeds.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace tocsin;
using namespace tocsin::series;

namespace {
Feed of(std::uint32_t target) {
  return Feed{TargetId(target), false};
}
}  // namespace

TEST_CASE("a set is interned: the same members are the same number") {
  FeedSets sets;
  CHECK(sets.single(of(1)) == sets.single(of(1)));
  CHECK(sets.single(of(1)) != sets.single(of(2)));
  CHECK(sets.single(of(1)) != sets.single(Feed{TargetId(1), true}));
  const FeedSet a = sets.united(sets.single(of(1)), sets.single(of(2)));
  const FeedSet b = sets.united(sets.single(of(2)), sets.single(of(1)));
  CHECK(a == b);
  CHECK(sets.united(a, b) == a);
  CHECK(sets.united(a, sets.single(of(1))) == a);
}

TEST_CASE("members are sorted, each once") {
  FeedSets sets;
  const FeedSet ab = sets.united(sets.single(of(3)), sets.single(of(1)));
  const FeedSet all = sets.united(ab, sets.united(sets.single(of(2)), sets.single(of(3))));
  const auto members = sets.members(all);
  REQUIRE(members.size() == 3);
  CHECK(std::is_sorted(members.begin(), members.end()));
  CHECK(members[0] == of(1));
  CHECK(members[2] == of(3));
}

TEST_CASE("no feeds is the neutral set") {
  FeedSets sets;
  CHECK(sets.members(kNoFeeds).empty());
  const FeedSet a = sets.single(of(1));
  CHECK(sets.united(kNoFeeds, a) == a);
  CHECK(sets.united(a, kNoFeeds) == a);
  CHECK(sets.united(kNoFeeds, kNoFeeds) == kNoFeeds);
}
