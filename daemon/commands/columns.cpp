#include "commands/columns.hpp"

#include <algorithm>

namespace tocsin::commands {

namespace {

constexpr std::size_t kColumns = 80;

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string cut_to(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t left = width; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (begins && left-- <= 1) break;
  }
  while (end > 0 && text[end - 1] == ' ') --end;
  return std::string(text.substr(0, end)) + "…";
}

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
