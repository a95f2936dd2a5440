#include "tocsin/series/selection.hpp"

#include <algorithm>
#include <set>

#include "tocsin/series/store_impl.hpp"

namespace tocsin::series {

Selector Selector::make(std::vector<Matcher> matchers) {
  Selector selector;
  std::vector<std::string> texts;
  for (Matcher& matcher : matchers) {
    texts.push_back(matcher.to_string());
    const bool fixes_name = matcher.label() == kNameLabel && matcher.op() == MatchOp::equal &&
                            !matcher.value().empty() && selector.name.empty();
    if (fixes_name) {
      selector.name = matcher.value();
    } else {
      selector.matchers.push_back(std::move(matcher));
    }
  }
  std::sort(texts.begin(), texts.end());
  for (const std::string& text : texts) selector.key += text + ',';
  return selector;
}

bool Selector::matches(const Labels& labels) const {
  return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
    return matcher.matches(labels.get(matcher.label()));
  });
}

bool Selector::takes_name(std::string_view metric) const {
  if (!name.empty() && name != metric) return false;
  return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
    return matcher.label() != kNameLabel || matcher.matches(metric);
  });
}

std::shared_ptr<const Selection> select(const Store& store, const Selector& selector) {
  return store.impl().catalog.select(selector);
}

std::vector<std::string> metric_names(const Store& store) {
  std::vector<std::string> names = store.impl().catalog.metric_names();
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> label_names(const Store& store) {
  std::set<std::string> names;
  store.impl().catalog.for_each([&](const Series& series) {
    for (const LabelView& label : series.labels()) names.emplace(label.name);
  });
  return {names.begin(), names.end()};
}

std::vector<std::string> label_values(const Store& store, std::string_view label) {
  std::set<std::string> values;
  store.impl().catalog.for_each([&](const Series& series) {
    if (series.labels().has(label)) values.emplace(series.labels().get(label));
  });
  return {values.begin(), values.end()};
}

}  // namespace tocsin::series
