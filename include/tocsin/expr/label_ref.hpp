// The labels of a value while an expression is worked out: a look at labels that lie elsewhere (a
// series' own, most of the time), so that nothing is copied until the result.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/model/labels.hpp"

namespace tocsin::expr {

struct LabelRef {
  const Labels* labels = nullptr;
  bool nameless = false;  ///< `__name__` is to be left out

  [[nodiscard]] std::string_view get(std::string_view name) const {
    return nameless && name == kNameLabel ? std::string_view() : labels->get(name);
  }
  /// Calls `visit(label)` for each label that counts.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const LabelView& label : *labels) {
      if (!nameless || label.name != kNameLabel) visit(label);
    }
  }
  [[nodiscard]] Labels copy() const;
  [[nodiscard]] std::size_t hash() const;
  friend bool operator==(const LabelRef& a, const LabelRef& b);
};

/// Labels without a label.
[[nodiscard]] const Labels& no_labels();

struct LabelRefHash {
  std::size_t operator()(const LabelRef& ref) const { return ref.hash(); }
};

/// Which labels count for a group or a match: only these, or all but these and the name.
struct Grouping {
  bool only = false;
  const std::vector<std::string>* labels = nullptr;  ///< sorted

  [[nodiscard]] bool counts(std::string_view name) const;
  /// Bytes that are equal exactly where all labels that count are.
  void append_key(const LabelRef& ref, std::string& key) const;
  /// The labels that count.
  [[nodiscard]] Labels kept(const LabelRef& ref) const;
};

}  // namespace tocsin::expr
