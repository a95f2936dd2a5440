// The labels of one result, to find those that stand in it twice and those that are not in it. Most
// results are short, and a short list is looked through faster than a table is made.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_set>

#include "tocsin/model/labels.hpp"

namespace tocsin {

class DistinctLabels {
 public:
  /// False where they are there already.
  bool insert(const Labels& labels) {
    if (contains(labels)) return false;
    if (count_ < kFew) {
      few_[count_++] = labels;
    } else {
      many_.insert(labels);
    }
    return true;
  }
  [[nodiscard]] bool contains(const Labels& labels) const {
    const auto end = few_.begin() + static_cast<std::ptrdiff_t>(count_);
    return std::find(few_.begin(), end, labels) != end || many_.contains(labels);
  }

 private:
  static constexpr std::size_t kFew = 16;

  std::array<Labels, kFew> few_;  ///< the first of them
  std::size_t count_ = 0;
  std::unordered_set<Labels> many_;
};

}  // namespace tocsin
