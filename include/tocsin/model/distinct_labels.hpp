// The labels of one result, to find those that stand in it twice and those that are not in it. Most
// results are short, and a short list is looked through faster than a table is made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <vector>

#include "tocsin/model/labels.hpp"

namespace tocsin {

class DistinctLabels {
 public:
  /// False where they are there already.
  bool insert(const Labels& labels) {
    if (!many_.empty()) return many_.insert(labels).second;
    if (contains(labels)) return false;
    few_.push_back(labels);
    if (few_.size() > kFew) many_.insert(few_.begin(), few_.end());
    return true;
  }
  [[nodiscard]] bool contains(const Labels& labels) const {
    if (!many_.empty()) return many_.contains(labels);
    return std::find(few_.begin(), few_.end(), labels) != few_.end();
  }

 private:
  static constexpr std::size_t kFew = 16;

  std::vector<Labels> few_;
  std::unordered_set<Labels> many_;  ///< empty while they are few
};

}  // namespace tocsin
