#include "commands/wrapped.hpp"

#include <algorithm>

#include "tocsin/base/columns.hpp"

namespace tocsin::commands {

namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kHanging = 2;

/// The bytes of the longest beginning, of a word that is wider, with at most so many columns.
std::size_t head_of(std::string_view word, std::size_t width) {
  const std::string cut = cut_to(std::string(word) + "..", width + 1);
  const std::size_t head = cut.size() - std::string_view("…").size();
  return head > 0 ? head : word.size();
}

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

std::vector<std::string> wrapped_lines(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t start = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find(' ', start), text.size());
    const std::string_view gap = text.substr(0, start);
    std::string_view word = text.substr(start, end - start);
    text.remove_prefix(end);
    if (width_of(lines.back()) + gap.size() + width_of(word) <= width) {
      lines.back().append(gap).append(word);
      continue;
    }
    if (!lines.back().empty()) lines.emplace_back();
    while (width_of(word) > width) {
      const std::size_t head = head_of(word, width);
      lines.back() = word.substr(0, head);
      lines.emplace_back();
      word.remove_prefix(head);
    }
    lines.back() = word;
  }
  return lines;
}

std::vector<std::string> hanging_lines(std::string_view text, std::size_t width,
                                       std::size_t indent) {
  if (indent + width_of(text) <= width) return {std::string(indent, ' ').append(text)};
  const std::size_t within = indent + kHanging;
  std::vector<std::string> lines =
      wrapped_lines(text, width > within + kHanging ? width - within : width);
  for (std::string& line : lines) line.insert(0, &line == &lines.front() ? indent : within, ' ');
  return lines;
}

}  // namespace tocsin::commands
