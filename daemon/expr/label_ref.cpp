#include "tocsin/expr/label_ref.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>

namespace tocsin::expr {
namespace {

void append_part(std::string& key, std::string_view part) {
  // Lengths keep neighbours apart whatever bytes they hold.
  const auto length = std::bit_cast<std::array<char, 4>>(static_cast<std::uint32_t>(part.size()));
  key.append(length.data(), length.size()).append(part);
}

}  // namespace

const Labels& no_labels() {
  static const Labels none;
  return none;
}

Labels LabelRef::copy() const {
  Labels all = *labels;
  if (nameless) all.remove(kNameLabel);
  return all;
}

std::size_t LabelRef::hash() const {
  const std::hash<std::string_view> text_hash;
  std::size_t hash = 0;
  for_each([&](const LabelView& label) {
    hash = hash * 0x9e3779b97f4a7c15ULL + (text_hash(label.name) ^ (text_hash(label.value) << 1U));
  });
  return hash;
}

bool operator==(const LabelRef& a, const LabelRef& b) {
  if (a.labels == b.labels && a.nameless == b.nameless) return true;
  const auto skip = [](const LabelRef& ref, auto& at) {
    while (at != ref.labels->end() && ref.nameless && at->name == kNameLabel) ++at;
  };
  auto left = a.labels->begin();
  auto right = b.labels->begin();
  for (;;) {
    skip(a, left);
    skip(b, right);
    const bool left_done = left == a.labels->end();
    if (left_done || right == b.labels->end()) {
      return left_done && right == b.labels->end();
    }
    if (*left != *right) return false;
    ++left;
    ++right;
  }
}

bool Grouping::counts(std::string_view name) const {
  const bool listed = std::binary_search(labels->begin(), labels->end(), name);
  return only ? listed : !listed && name != kNameLabel;
}

void Grouping::append_key(const LabelRef& ref, std::string& key) const {
  if (only && labels->empty()) return;
  ref.for_each([&](const LabelView& label) {
    if (!counts(label.name)) return;
    append_part(key, label.name);
    append_part(key, label.value);
  });
}

Labels Grouping::kept(const LabelRef& ref) const {
  std::vector<LabelView> kept;
  if (only && labels->empty()) return {};
  ref.for_each([&](const LabelView& label) {
    if (counts(label.name)) kept.push_back(label);
  });
  return Labels(std::move(kept));
}

}  // namespace tocsin::expr
