#include "backtest/csv_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tocsin/base/text.hpp"

namespace tocsin::backtest {

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);  // a byte order mark
}

Result<bool> CsvReader::next(std::vector<CsvCell>& cells) {
  while (true) {
    if (at_ >= text_.size()) return false;
    const std::string_view line =
        text_.substr(at_, std::min(text_.find('\n', at_), text_.size()) - at_);
    if (!trim(line).empty()) break;
    at_ += line.size() + 1;
    ++next_line_;
  }
  line_ = next_line_;
  line_start_ = at_;
  std::size_t used = 0;
  const auto cell = [&]() -> CsvCell& {
    if (used == cells.size()) cells.emplace_back();
    return cells[used++];
  };
  while (true) {
    CsvCell& here = cell();
    here.column = at_ - line_start_ + 1;
    if (at_ < text_.size() && text_[at_] == '"') {
      auto value = quoted();
      if (!value) return tl::unexpected(value.error());
      here.text = std::move(*value);
    } else {
      const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
      here.text = trim(text_.substr(at_, end - at_));
      at_ = end;
    }
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      continue;
    }
    if (at_ < text_.size() && text_[at_] != '\n') {
      return fail(ErrorCode::invalid,
                  fmt::format("line {}: a comma is needed behind the closing quote", next_line_));
    }
    ++at_;
    ++next_line_;
    cells.resize(used);
    return true;
  }
}

Result<std::string> CsvReader::quoted() {
  const std::size_t began = next_line_;
  std::string value;
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] == '\n') ++next_line_;
    if (text_[at_] != '"') {
      value += text_[at_];
      continue;
    }
    if (text_.substr(at_, 2) != "\"\"") {
      ++at_;
      return value;
    }
    value += '"';
    ++at_;
  }
  return fail(ErrorCode::invalid, fmt::format("line {}: a quote is never closed", began));
}

}  // namespace tocsin::backtest
