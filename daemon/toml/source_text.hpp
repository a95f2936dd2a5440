// The text of a file by lines and columns, and where each part of a string stands in it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tocsin/config/ir.hpp"

namespace tocsin::toml {

class SourceText {
 public:
  /// The text outlives this.
  explicit SourceText(std::string_view text);

  /// Byte offset of a line and column, both from 1, columns in characters; at most the text's end.
  [[nodiscard]] std::size_t offset(std::uint32_t line, std::uint32_t column) const;
  /// The place of a byte, one character long.
  [[nodiscard]] config::Place place(std::size_t offset) const;
  /// Characters from this column to the end of its line.
  [[nodiscard]] std::uint32_t rest_of_line(std::uint32_t line, std::uint32_t column) const;
  /// How the string that begins there became `decoded`. Empty where the two do not agree.
  [[nodiscard]] std::vector<config::Stretch> stretches(std::uint32_t line, std::uint32_t column,
                                                       std::string_view decoded) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> lines_;  ///< where each begins
};

}  // namespace tocsin::toml
