#include "commands/fit_columns.hpp"

#include <algorithm>

namespace tocsin::commands {

namespace {

using Widths = std::vector<std::size_t>;

constexpr std::size_t kFirst = 24;  ///< of the first column: names that differ at their end
constexpr std::size_t kTells = 12;
constexpr std::size_t kProse = 24;
constexpr std::size_t kHint = 4;

std::size_t line_of(const Widths& widths) {
  std::size_t line = 0;
  std::size_t shown = 0;
  for (const std::size_t each : widths) {
    line += each;
    if (each > 0) ++shown;
  }
  return line + (shown > 1 ? kColumnGap * (shown - 1) : 0);
}

/// Takes from the widest column that is above its least, again and again, until the line fits.
template <class LeastOf>
void shrink(Widths& widths, std::size_t width, LeastOf least_of) {
  for (std::size_t line = line_of(widths); line > width; --line) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (widths[i] > least_of(i) && (widest == nullptr || widths[i] >= *widest))
        widest = &widths[i];
    if (widest == nullptr) return;
    --*widest;
  }
}

class Fitting {
 public:
  Fitting(std::span<const Column> columns, std::size_t width) : columns_(columns), width_(width) {
    for (const Column& each : columns) whole_.push_back(each.width);
  }

  Widths fitted() {
    if (fits(whole_)) return whole_;
    for (std::size_t i = 1; i < whole_.size(); ++i)
      if (columns_[i].blank) whole_[i] = 0;
    for (;;) {
      Widths widths = readable();
      shrink(widths, width_,
             [&](std::size_t i) { return i > 0 && columns_[i].wraps ? kTells : whole_[i]; });
      if (fits(widths)) return widths;
      const auto spared = next_spared();
      if (!spared) break;
      whole_[*spared] = 0;
    }
    for (;;) {
      Widths widths = hinted();
      const auto last = rightmost();
      if (fits(widths) || !last) return widths;
      whole_[*last] = 0;
    }
  }

 private:
  [[nodiscard]] bool fits(const Widths& widths) const { return line_of(widths) <= width_; }

  [[nodiscard]] Widths readable() const {
    Widths widths = whole_;
    shrink(widths, width_, [&](std::size_t i) { return columns_[i].wraps ? kProse : whole_[i]; });
    shrink(widths, width_, [&](std::size_t i) {
      return i == 0 || columns_[i].keeps ? whole_[i] : columns_[i].wraps ? kProse : kTells;
    });
    shrink(widths, width_, [&](std::size_t i) { return i == 0 ? kFirst : whole_[i]; });
    return widths;
  }

  [[nodiscard]] Widths hinted() const {
    Widths widths = readable();
    shrink(widths, width_, [&](std::size_t i) { return i == 0 ? kTells : whole_[i]; });
    shrink(widths, width_, [&](std::size_t i) { return columns_[i].wraps ? kTells : kHint; });
    return widths;
  }

  [[nodiscard]] std::optional<std::size_t> next_spared() const {
    std::optional<std::size_t> next;
    for (std::size_t i = 1; i < columns_.size(); ++i)
      if (whole_[i] > 0 && columns_[i].leaves &&
          (!next || *columns_[i].leaves < *columns_[*next].leaves))
        next = i;
    return next;
  }

  [[nodiscard]] std::optional<std::size_t> rightmost() const {
    for (std::size_t i = whole_.size(); i-- > 1;)
      if (whole_[i] > 0) return i;
    return std::nullopt;
  }

  std::span<const Column> columns_;
  std::size_t width_;
  Widths whole_;  ///< 0 of what is left out
};

}  // namespace

std::vector<std::size_t> fit_columns(std::span<const Column> columns, std::size_t width) {
  return Fitting(columns, width).fitted();
}

}  // namespace tocsin::commands
