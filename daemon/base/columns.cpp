#include "tocsin/base/columns.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>

#include "glyph_widths.hpp"
#include "utf8.hpp"

namespace tocsin {

namespace {

bool in(std::span<const Glyphs> table, std::uint32_t code) {
  const auto after = std::upper_bound(
      table.begin(), table.end(), code,
      [](std::uint32_t wanted, const Glyphs& each) { return wanted < each.first; });
  return after != table.begin() && code <= std::prev(after)->last;
}

/// Passes a text character by character.
class Walk {
 public:
  explicit Walk(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool ended() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  /// The columns that the next character adds.
  std::size_t step() {
    const Character next = character(rest_);
    rest_.remove_prefix(std::max<std::size_t>(next.length, 1));
    if (next.length == 0) return take(1);
    constexpr std::uint32_t kJoiner = 0x200D;
    constexpr std::uint32_t kAsEmoji = 0xFE0F;
    if (next.code == kJoiner) {
      joined_ = true;
      return 0;
    }
    if (next.code == kAsEmoji && last_ == 1) return take(2) - 1;
    if (in(kNoColumn, next.code)) return 0;
    const bool skin_tone = next.code >= 0x1F3FB && next.code <= 0x1F3FF;
    if (joined_ || (skin_tone && last_ == 2)) {
      joined_ = false;
      return 0;
    }
    return take(in(kTwoColumns, next.code) ? 2 : 1);
  }

 private:
  std::size_t take(std::size_t width) {
    joined_ = false;
    last_ = width;
    return width;
  }

  std::string_view rest_;
  std::size_t last_ = 0;  ///< columns of the glyph before
  bool joined_ = false;   ///< to the glyph before
};

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (Walk walk(text); !walk.ended();) width += walk.step();
  return width;
}

std::string cut_to(std::string_view text, std::size_t width) {
  std::size_t all = 0;
  std::size_t end = 0;  ///< of what leaves room for "…"
  for (Walk walk(text); !walk.ended();) {
    all += walk.step();
    if (all > width) {
      while (end > 0 && text[end - 1] == ' ') --end;
      return std::string(text.substr(0, end)) + "…";
    }
    if (all < width) end = text.size() - walk.left();
  }
  return std::string(text);
}

}  // namespace tocsin
