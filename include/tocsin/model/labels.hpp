// A set of labels: sorted by name, each name once, no empty value (an empty value is no label).
#pragma once

#include <compare>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

inline constexpr std::string_view kNameLabel = "__name__";

struct Label {
  std::string name;
  std::string value;
  friend auto operator<=>(const Label&, const Label&) = default;
};

class Labels {
 public:
  Labels() = default;
  Labels(std::initializer_list<Label> labels);
  /// Sorts; of a name that occurs twice the last value counts; empty values are dropped.
  explicit Labels(std::vector<Label> labels);

  /// The value, or "" where there is no such label.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return !get(name).empty(); }
  /// An empty value removes the label.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name) { set(name, ""); }

  [[nodiscard]] std::size_t size() const { return labels_.size(); }
  [[nodiscard]] bool empty() const { return labels_.empty(); }
  [[nodiscard]] auto begin() const { return labels_.begin(); }
  [[nodiscard]] auto end() const { return labels_.end(); }
  [[nodiscard]] std::size_t hash() const;
  /// `name{a="b",c="d"}`, values escaped as in the exposition format.
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const Labels&, const Labels&) = default;

 private:
  std::vector<Label> labels_;
};

}  // namespace tocsin

template <>
struct std::hash<tocsin::Labels> {
  std::size_t operator()(const tocsin::Labels& labels) const noexcept { return labels.hash(); }
};
