#include "tocsin/model/labels.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <new>
#include <ranges>

namespace tocsin {

/// Followed in the same allocation by the labels' bytes: name, value, name, value …, each behind
/// its length.
struct Labels::Text {
  mutable std::atomic<std::uint32_t> owners{1};
  std::uint32_t labels;
  std::uint32_t size;
  std::size_t hash;

  [[nodiscard]] const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

  /// `write` puts so many labels of so many bytes where it is told.
  template <class Write>
  static const Text* make(std::size_t labels, std::size_t size, const Write& write) {
    auto* text = new (::operator new(sizeof(Text) + size)) Text;
    text->labels = static_cast<std::uint32_t>(labels);
    text->size = static_cast<std::uint32_t>(size);
    write(reinterpret_cast<char*>(text + 1));
    text->hash = std::hash<std::string_view>()({text->bytes(), size});
    return text;
  }
};

namespace {

constexpr unsigned char kLongPart = Labels::Iterator::kLongPart;

std::size_t part_size(std::string_view part) {
  return part.size() + (part.size() < kLongPart ? 1 : 1 + sizeof(std::uint32_t));
}

char* write_part(char* at, std::string_view part) {
  if (part.size() < kLongPart) {
    *at++ = static_cast<char>(part.size());
  } else {
    *at++ = static_cast<char>(kLongPart);
    const auto length = static_cast<std::uint32_t>(part.size());
    std::memcpy(at, &length, sizeof length);
    at += sizeof length;
  }
  return std::copy(part.begin(), part.end(), at);
}

/// Where a label of a text begins.
const char* start_of(const LabelView& label) {
  return label.name.data() - (part_size(label.name) - label.name.size());
}

void normalize(std::vector<LabelView>& labels) {
  std::ranges::stable_sort(labels, {}, &LabelView::name);
  const auto first_of_last =
      std::unique(labels.rbegin(), labels.rend(),
                  [](const LabelView& a, const LabelView& b) { return a.name == b.name; });
  labels.erase(labels.begin(), first_of_last.base());
  std::erase_if(labels, [](const LabelView& label) { return label.value.empty(); });
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

Labels::Labels(std::initializer_list<LabelView> labels) : Labels(std::vector<LabelView>(labels)) {}

Labels::Labels(const std::vector<Label>& labels) {
  std::vector<LabelView> views;
  views.reserve(labels.size());
  for (const Label& label : labels) views.push_back({label.name, label.value});
  normalize(views);
  assign(views);
}

Labels::Labels(std::vector<LabelView> labels) {
  normalize(labels);
  assign(labels);
}

Labels::Labels(const Labels& other) noexcept : text_(other.text_) {
  if (text_ != nullptr) text_->owners.fetch_add(1, std::memory_order_relaxed);
}

Labels::~Labels() {
  if (text_ == nullptr || text_->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  text_->~Text();
  ::operator delete(const_cast<Text*>(text_));
}

/// Takes labels that are in order.
void Labels::assign(const std::vector<LabelView>& labels) {
  if (labels.empty()) return;
  std::size_t size = 0;
  for (const LabelView& label : labels) size += part_size(label.name) + part_size(label.value);
  text_ = Text::make(labels.size(), size, [&](char* at) {
    for (const LabelView& label : labels) at = write_part(write_part(at, label.name), label.value);
  });
}

std::string_view Labels::bytes() const {
  return text_ == nullptr ? std::string_view() : std::string_view(text_->bytes(), text_->size);
}

std::string_view Labels::get(std::string_view name) const {
  for (const LabelView& label : *this) {
    if (label.name == name) return label.value;
  }
  return {};
}

void Labels::set(std::string_view name, std::string_view value) {
  const std::string_view all = bytes();
  const char* const end = all.data() + all.size();
  const char* place = end;
  const char* rest = end;
  std::size_t labels = size();
  for (const LabelView& label : *this) {
    if (label.name < name) continue;
    place = rest = start_of(label);
    if (label.name == name) {
      if (label.value == value) return;
      rest = label.value.data() + label.value.size();
      --labels;
    }
    break;
  }
  if (value.empty() && place == rest) return;
  const std::size_t added = value.empty() ? 0 : part_size(name) + part_size(value);
  if (added > 0) ++labels;
  Labels made;
  if (labels > 0) {
    const auto size = all.size() - static_cast<std::size_t>(rest - place) + added;
    made.text_ = Text::make(labels, size, [&](char* at) {
      at = std::copy(all.data(), place, at);
      if (added > 0) at = write_part(write_part(at, name), value);
      std::copy(rest, end, at);
    });
  }
  *this = std::move(made);
}

std::size_t Labels::size() const {
  return text_ == nullptr ? 0 : text_->labels;
}

std::size_t Labels::hash() const {
  return text_ == nullptr ? 0 : text_->hash;
}

std::size_t Labels::memory_bytes() const {
  return text_ == nullptr ? 0 : sizeof(Text) + text_->size;
}

bool operator==(const Labels& a, const Labels& b) {
  return a.text_ == b.text_ || (a.hash() == b.hash() && a.bytes() == b.bytes());
}

std::strong_ordering operator<=>(const Labels& a, const Labels& b) {
  if (a.text_ == b.text_) return std::strong_ordering::equal;
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
}

std::string Labels::to_string() const {
  std::string text(get(kNameLabel));
  const bool only_name = !text.empty() && size() == 1;
  if (only_name) return text;
  text += '{';
  bool first = true;
  for (const LabelView& label : *this) {
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
