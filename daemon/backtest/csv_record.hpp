// One line of comma-separated values after the other, quotes undone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"

namespace tocsin::backtest {

struct CsvCell {
  std::string text;
  std::size_t column = 1;  ///< where it begins, in bytes from 1
};

class CsvReader {
 public:
  explicit CsvReader(std::string_view text);
  /// The next line that is not blank; false at the end.
  [[nodiscard]] Result<bool> next(std::vector<CsvCell>& cells);
  /// Of the last record, from 1: where it begins.
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  [[nodiscard]] Result<std::string> quoted();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  std::size_t next_line_ = 1;
  std::size_t line_start_ = 0;
};

}  // namespace tocsin::backtest
