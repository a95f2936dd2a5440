#include "commands/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "commands/terminal.hpp"
#include "tocsin/base/columns.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

constexpr std::size_t kGap = 2;  ///< between columns

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

/// Takes from the widest column, again and again, until a line has at most so many columns, or none
/// has more than tells something. The first gives way last: by what stands there people ask on.
void fit(std::vector<std::size_t>& widths, std::size_t width) {
  constexpr std::size_t kLeast = 12;
  std::size_t all = kGap * (widths.size() - 1);
  for (const std::size_t each : widths) all += each;
  while (all > width) {
    auto widest = std::max_element(widths.begin() + 1, widths.end());
    if (widest == widths.end() || *widest <= kLeast) widest = widths.begin();
    if (*widest <= kLeast) return;
    --*widest;
    --all;
  }
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

std::string Table::text(bool colour, std::size_t width) const {
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
  if (width > 0) fit(widths, width);
  std::string out;
  for (auto& row : shown) {
    for (std::size_t i = 0; i < row.size(); ++i) row[i].text = cut_to(row[i].text, widths[i]);
    std::string line;
    std::size_t gap = 0;  // of the cells before, written only where something follows
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].text.empty()) {
        line += std::string(gap, ' ') + styled(row[i].text, row[i].look, colour);
        gap = 0;
      }
      gap += widths[i] - width_of(row[i].text) + kGap;
    }
    out += line + '\n';
  }
  return out;
}

void Table::print() const {
  fmt::print("{}", text(colour_wanted()));
}

void FittedTables::print(const Table& table) {
  const bool colour = colour_wanted();
  const std::string whole = table.text(colour);
  const bool fits = whole_ || !on_terminal();
  const std::string shown = fits ? whole : table.text(colour, terminal_width());
  cut_ = cut_ || shown != whole;
  fmt::print("{}", shown);
}

void FittedTables::print_note(std::string_view more) const {
  if (!cut_) return;
  const std::string note = fmt::format("… is what this terminal has no room for: --wide shows it{}",
                                       more.empty() ? "" : fmt::format(",\n  {}", more));
  fmt::print("{}\n", styled(note, Look::dim, colour_wanted()));
}

}  // namespace tocsin::commands
