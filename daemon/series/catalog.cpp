#include "tocsin/series/catalog.hpp"

#include <algorithm>

namespace tocsin::series {
namespace {

/// Selections remembered per metric name, and for selectors without one. Beyond, all of that list
/// are searched anew: rules are few, and queries by hand come and go.
constexpr std::size_t kRemembered = 512;

}  // namespace

Series* Catalog::find(const Labels& labels) const {
  const auto found = all_.find(labels);
  return found == all_.end() ? nullptr : found->get();
}

void Catalog::include(Selection& selection, const Series& series) {
  selection.series.push_back(&series);
  if (series.recorded()) {
    selection.recorded.push_back(&series);
    return;
  }
  const Feed feed = series.feed();
  if (std::find(selection.feeds.begin(), selection.feeds.end(), feed) == selection.feeds.end()) {
    selection.feeds.push_back(feed);
  }
}

Series& Catalog::add(Labels labels, const Origin& origin, bool own) {
  auto made = std::make_unique<Series>(std::move(labels), origin, own);
  Series& series = *made;
  NameEntry& entry = names_[std::string(series.labels().get(kNameLabel))];
  all_.insert(std::move(made));
  entry.series.push_back(&series);
  for (const auto& selection : entry.selections) {
    if (selection->selector.matches(series.labels())) include(*selection, series);
  }
  for (const auto& selection : unnamed_selections_) {
    if (selection->selector.matches(series.labels())) include(*selection, series);
  }
  return series;
}

void Catalog::forget_doomed() {
  for (auto entry = names_.begin(); entry != names_.end();) {
    const std::size_t gone =
        std::erase_if(entry->second.series, [](const Series* series) { return series->doomed; });
    if (gone > 0) entry->second.selections.clear();
    entry = entry->second.series.empty() ? names_.erase(entry) : std::next(entry);
  }
  unnamed_selections_.clear();
  std::erase_if(all_, [](const std::unique_ptr<Series>& series) { return series->doomed; });
}

void Catalog::drop_selections() {
  for (auto& [name, entry] : names_) entry.selections.clear();
  unnamed_selections_.clear();
}

std::size_t Catalog::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& series : all_) bytes += series->memory_bytes() + 4 * sizeof(void*);
  return bytes;
}

std::vector<std::string> Catalog::metric_names() const {
  std::vector<std::string> names;
  names.reserve(names_.size());
  for (const auto& [name, entry] : names_) names.push_back(name);
  return names;
}

void Catalog::for_each(const std::function<void(Series&)>& visit) const {
  for (const auto& series : all_) visit(*series);
}

std::shared_ptr<Selection> Catalog::search_all(const Selector& selector) const {
  auto selection = std::make_shared<Selection>();
  selection->selector = selector;
  for (const auto& [name, entry] : names_) {
    const std::string_view metric = name;
    const bool possible =
        std::all_of(selector.matchers.begin(), selector.matchers.end(),
                    [&](const Matcher& m) { return m.label() != kNameLabel || m.matches(metric); });
    if (!possible) continue;
    for (const Series* series : entry.series) {
      if (selector.matches(series->labels())) include(*selection, *series);
    }
  }
  return selection;
}

std::shared_ptr<const Selection> Catalog::select(const Selector& selector) const {
  const NameEntry* entry = nullptr;
  if (!selector.name.empty()) {
    const auto found = names_.find(std::string_view(selector.name));
    if (found == names_.end()) {
      static const auto nothing = std::make_shared<const Selection>();
      return nothing;
    }
    entry = &found->second;
  }
  Selections& remembered = entry != nullptr ? entry->selections : unnamed_selections_;
  for (const auto& selection : remembered) {
    if (selection->selector.key == selector.key) return selection;
  }
  std::shared_ptr<Selection> selection;
  if (entry == nullptr) {
    selection = search_all(selector);
  } else {
    selection = std::make_shared<Selection>();
    selection->selector = selector;
    for (const Series* series : entry->series) {
      if (selector.matches(series->labels())) include(*selection, *series);
    }
  }
  if (remembered.size() >= kRemembered) remembered.clear();
  remembered.push_back(selection);
  return selection;
}

}  // namespace tocsin::series
