// All series of a store, found by their labels or by a selector. Belongs to the store.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tocsin/series/selection.hpp"
#include "tocsin/series/series.hpp"

namespace tocsin::series {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

class Catalog {
 public:
  [[nodiscard]] Series* find(const Labels& labels) const;
  /// `labels` are not yet in it.
  Series& add(Labels labels, const Origin& origin, bool own);
  /// Forgets the series that are marked `doomed`.
  void forget_doomed();
  /// A series of the target has become tocsin's own.
  void feed_changed() { drop_selections(); }

  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const;
  [[nodiscard]] std::vector<std::string> metric_names() const;
  void for_each(const std::function<void(Series&)>& visit) const;

  /// Remembers the answer, hence mutable inside: the store is used by one thread.
  [[nodiscard]] std::shared_ptr<const Selection> select(const Selector& selector) const;

 private:
  using Selections = std::vector<std::shared_ptr<Selection>>;
  struct NameEntry {
    std::vector<Series*> series;
    mutable Selections selections;
  };
  struct ByLabels {
    using is_transparent = void;
    std::size_t operator()(const std::unique_ptr<Series>& s) const { return s->labels().hash(); }
    std::size_t operator()(const Labels& labels) const { return labels.hash(); }
    bool operator()(const std::unique_ptr<Series>& a, const std::unique_ptr<Series>& b) const {
      return a->labels() == b->labels();
    }
    bool operator()(const Labels& a, const std::unique_ptr<Series>& b) const {
      return a == b->labels();
    }
    bool operator()(const std::unique_ptr<Series>& a, const Labels& b) const {
      return a->labels() == b;
    }
  };

  static void include(Selection& selection, const Series& series);
  std::shared_ptr<Selection> search_all(const Selector& selector) const;
  void drop_selections();

  std::unordered_set<std::unique_ptr<Series>, ByLabels, ByLabels> all_;
  std::unordered_map<std::string, NameEntry, TextHash, std::equal_to<>> names_;
  mutable Selections unnamed_selections_;
};

}  // namespace tocsin::series
