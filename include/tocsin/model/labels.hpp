// A set of labels: sorted by name, each name once, no empty value (an empty value is no label).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin {

inline constexpr std::string_view kNameLabel = "__name__";

/// What a set is made from.
struct Label {
  std::string name;
  std::string value;
  friend auto operator<=>(const Label&, const Label&) = default;
};

/// A label where it lies: valid as long as a set that it was read from, or a copy of that set,
/// lives unchanged.
struct LabelView {
  std::string_view name;
  std::string_view value;
  friend auto operator<=>(const LabelView&, const LabelView&) = default;
};

/// One pointer to bytes that all copies share and nobody changes: a series, its alert, its notices
/// and its record name the same text. Copies may be used by different threads, one object may not.
class Labels {
 public:
  class Iterator;

  Labels() = default;
  Labels(std::initializer_list<LabelView> labels);
  /// Sorts; of a name that occurs twice the last value counts; empty values are dropped.
  explicit Labels(const std::vector<Label>& labels);
  explicit Labels(std::vector<LabelView> labels);

  Labels(const Labels& other) noexcept;
  Labels(Labels&& other) noexcept : text_(std::exchange(other.text_, nullptr)) {}
  Labels& operator=(Labels other) noexcept {
    std::swap(text_, other.text_);
    return *this;
  }
  ~Labels();

  /// The value, or "" where there is no such label.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return !get(name).empty(); }
  /// An empty value removes the label. Costs a new text: many labels are better given at once.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name) { set(name, ""); }

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool empty() const { return text_ == nullptr; }
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;
  [[nodiscard]] std::size_t hash() const;
  /// `name{a="b",c="d"}`, values escaped as in the exposition format.
  [[nodiscard]] std::string to_string() const;
  /// What the text takes, whoever else shares it.
  [[nodiscard]] std::size_t memory_bytes() const;

  friend bool operator==(const Labels& a, const Labels& b);
  friend std::strong_ordering operator<=>(const Labels& a, const Labels& b);

 private:
  struct Text;

  void assign(const std::vector<LabelView>& labels);
  [[nodiscard]] std::string_view bytes() const;

  const Text* text_ = nullptr;  ///< null where there is no label
};

class Labels::Iterator {
 public:
  /// A name or value lies behind its length: one byte, or this one and four more.
  static constexpr unsigned char kLongPart = 0xFF;

  using iterator_category = std::input_iterator_tag;
  using value_type = LabelView;
  using difference_type = std::ptrdiff_t;
  using pointer = const LabelView*;
  using reference = const LabelView&;

  Iterator() = default;
  Iterator(const char* at, const char* end) : next_(at), end_(end) { ++*this; }

  reference operator*() const { return label_; }
  pointer operator->() const { return &label_; }
  Iterator& operator++() {
    if (next_ == end_) {
      at_ = nullptr;
    } else {
      at_ = next_;
      label_.name = read_part();
      label_.value = read_part();
    }
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

 private:
  std::string_view read_part() {
    std::uint32_t length = static_cast<unsigned char>(*next_++);
    if (length == kLongPart) {
      std::memcpy(&length, next_, sizeof length);
      next_ += sizeof length;
    }
    const std::string_view part(next_, length);
    next_ += length;
    return part;
  }

  const char* at_ = nullptr;  ///< null behind the last label
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  LabelView label_;
};

inline Labels::Iterator Labels::begin() const {
  const std::string_view all = bytes();
  return {all.data(), all.data() + all.size()};
}
inline Labels::Iterator Labels::end() const {
  return {};
}

}  // namespace tocsin

template <>
struct std::hash<tocsin::Labels> {
  std::size_t operator()(const tocsin::Labels& labels) const noexcept { return labels.hash(); }
};
