#include "commands/wrapped.hpp"

#include <algorithm>

#include "tocsin/base/columns.hpp"

namespace tocsin::commands {

namespace {

constexpr std::size_t kColumns = 80;

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    const std::size_t end = std::min(text.find(' ', start), text.size());
    const std::string_view gap = text.substr(0, start);
    const std::string_view word = text.substr(start, end - start);
    if (column > indent && column + gap.size() + width_of(word) > kColumns) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else {
      out += gap;
      column += gap.size();
    }
    out += word;
    column += width_of(word);
    text.remove_prefix(end);
  }
  return out;
}

}  // namespace tocsin::commands
