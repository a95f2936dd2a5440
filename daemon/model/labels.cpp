#include "tocsin/model/labels.hpp"

#include <algorithm>

namespace tocsin {

namespace {

std::vector<Label> normalized(std::vector<Label> labels) {
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label& a, const Label& b) { return a.name < b.name; });
  std::vector<Label> kept;
  kept.reserve(labels.size());
  for (Label& label : labels) {
    if (!kept.empty() && kept.back().name == label.name) {
      kept.back() = std::move(label);
    } else {
      kept.push_back(std::move(label));
    }
  }
  std::erase_if(kept, [](const Label& label) { return label.value.empty(); });
  return kept;
}

void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
}

}  // namespace

Labels::Labels(std::initializer_list<Label> labels) : Labels(std::vector<Label>(labels)) {}

Labels::Labels(std::vector<Label> labels) : labels_(normalized(std::move(labels))) {}

std::string_view Labels::get(std::string_view name) const {
  const auto at = std::lower_bound(
      labels_.begin(), labels_.end(), name,
      [](const Label& label, std::string_view wanted) { return label.name < wanted; });
  return at != labels_.end() && at->name == name ? std::string_view(at->value) : std::string_view();
}

void Labels::set(std::string_view name, std::string_view value) {
  const auto at = std::lower_bound(
      labels_.begin(), labels_.end(), name,
      [](const Label& label, std::string_view wanted) { return label.name < wanted; });
  const bool there = at != labels_.end() && at->name == name;
  if (value.empty()) {
    if (there) labels_.erase(at);
  } else if (there) {
    at->value = std::string(value);
  } else {
    labels_.insert(at, Label{std::string(name), std::string(value)});
  }
}

std::size_t Labels::hash() const {
  const std::hash<std::string_view> hash_of;
  std::size_t hash = labels_.size();
  for (const Label& label : labels_) {
    for (const std::string_view part :
         {std::string_view(label.name), std::string_view(label.value)}) {
      hash ^= hash_of(part) + 0x9e3779b97f4a7c15ULL + (hash << 6U) + (hash >> 2U);
    }
  }
  return hash;
}

std::string Labels::to_string() const {
  std::string text(get(kNameLabel));
  const bool only_name = !text.empty() && labels_.size() == 1;
  if (only_name) return text;
  text += '{';
  bool first = true;
  for (const Label& label : labels_) {
    if (label.name == kNameLabel) continue;
    if (!first) text += ',';
    first = false;
    text += label.name;
    text += "=\"";
    append_escaped(text, label.value);
    text += '"';
  }
  return text + '}';
}

}  // namespace tocsin
