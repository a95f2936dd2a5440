// How wide each column of a table is where a line has too little room for all of them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace tocsin::commands {

constexpr std::size_t kColumnGap = 2;

struct Column {
  std::size_t width = 0;  ///< of its widest cell or its head
  bool blank = false;     ///< no row has a word in it
  bool wraps = false;     ///< prose: what has no room stands on further lines
  std::optional<std::size_t> leaves = std::nullopt;  ///< its turn among those that can be spared
  bool keeps = false;  ///< a time or a figure, which is spared or left out rather than cut
};

/// The width of each column, 0 of one that is left out, so that a line has at most `width`. The
/// first column is never left out, and gives way last: by what stands there people ask on. Blank
/// columns go first, then prose wraps, then columns are cut as far as they still tell something,
/// then those that can be spared go, one by one; only below that are columns cut to a few letters,
/// and left out from the right.
[[nodiscard]] std::vector<std::size_t> fit_columns(std::span<const Column> columns,
                                                   std::size_t width);

}  // namespace tocsin::commands
