#include "commands/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "commands/columns.hpp"
#include "commands/terminal.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

std::string_view code_of(Look look) {
  switch (look) {
    case Look::plain:
      return "";
    case Look::dim:
      return "\x1b[2m";
    case Look::good:
      return "\x1b[32m";
    case Look::odd:
      return "\x1b[33m";
    case Look::bad:
      return "\x1b[31m";
    case Look::cyan:
      return "\x1b[36m";
    case Look::blue:
      return "\x1b[34m";
    case Look::magenta:
      return "\x1b[35m";
    case Look::bold:
      break;
  }
  return "\x1b[1m";
}

}  // namespace

std::string styled(std::string_view text, Look look, bool colour) {
  if (!colour || look == Look::plain || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", code_of(look), text);
}

bool colour_wanted() {
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  return on_terminal();
}

Look look_of(std::string_view word) {
  if (word == "critical" || word == "firing" || word == "open") return Look::bad;
  if (word == "warning" || word == "pending" || word == "clearing") return Look::odd;
  if (word == "closed") return Look::dim;
  return Look::plain;
}

std::string Table::text(bool colour) const {
  std::vector<std::vector<Cell>> shown;
  std::vector<Cell> heads;
  for (const std::string& head : heads_) heads.push_back({head, Look::bold});
  shown.push_back(std::move(heads));
  for (const auto& row : rows_) {
    shown.push_back(row);
    for (Cell& cell : shown.back()) cell.text = printable(cell.text);
  }
  std::vector<std::size_t> widths(heads_.size());
  for (const auto& row : shown)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i].text));
  std::string out;
  for (const auto& row : shown) {
    std::string line;
    std::size_t gap = 0;  // of the cells before, written only where something follows
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].text.empty()) {
        line += std::string(gap, ' ') + styled(row[i].text, row[i].look, colour);
        gap = 0;
      }
      gap += widths[i] - width_of(row[i].text) + 2;
    }
    out += line + '\n';
  }
  return out;
}

void Table::print() const {
  fmt::print("{}", text(colour_wanted()));
}

}  // namespace tocsin::commands
