#include "commands/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "commands/terminal.hpp"
#include "commands/wrapped.hpp"
#include "tocsin/base/check.hpp"
#include "tocsin/base/columns.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

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

/// A row's cell in lines; that of a column which is left out has none.
std::vector<std::string> lines_of(const Cell& cell, std::size_t width, bool wraps) {
  if (width == 0) return {};
  if (wraps) return wrapped_lines(cell.text, width);
  return {cut_to(cell.text, width)};
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

Table::Table(std::vector<std::string> heads) {
  std::vector<Cell> row;
  for (std::string& head : heads) {
    columns_.push_back({width_of(head), true});
    row.push_back({std::move(head), Look::bold});
  }
  rows_.push_back(std::move(row));
}

void Table::add(std::vector<Cell> row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i].text = printable(row[i].text);
    columns_[i].width = std::max(columns_[i].width, width_of(row[i].text));
    columns_[i].blank = columns_[i].blank && row[i].text.empty();
  }
  rows_.push_back(std::move(row));
}

Column& Table::column(std::string_view head) {
  const auto& heads = rows_.front();
  const auto found =
      std::find_if(heads.begin(), heads.end(), [&](const Cell& each) { return each.text == head; });
  TOCSIN_CHECK(found != heads.end());
  return columns_[static_cast<std::size_t>(found - heads.begin())];
}

void Table::wraps(std::initializer_list<std::string_view> heads) {
  for (const std::string_view head : heads) column(head).wraps = true;
}

void Table::spares(std::initializer_list<std::string_view> heads) {
  for (std::size_t turn = 0; const std::string_view head : heads) column(head).leaves = turn++;
}

void Table::keeps(std::initializer_list<std::string_view> heads) {
  for (const std::string_view head : heads) column(head).keeps = true;
}

std::size_t Table::width() const {
  std::size_t all = kColumnGap * (columns_.size() - 1);
  for (const Column& each : columns_) all += each.width;
  return all;
}

std::string Table::text(bool colour, std::size_t width) const {
  const std::vector<std::size_t> widths = fit_columns(columns_, width > 0 ? width : kNoLimit);
  std::string out;
  for (const std::vector<Cell>& row : rows_) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(lines_of(row[i], widths[i], columns_[i].wraps));
      height = std::max(height, cells.back().size());
    }
    for (std::size_t y = 0; y < height; ++y) {
      std::size_t gap = 0;  // of the cells before, written only where something follows
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (widths[i] == 0) continue;
        const std::string_view text = y < cells[i].size() ? std::string_view(cells[i][y]) : "";
        if (!text.empty()) {
          out += std::string(gap, ' ') + styled(text, row[i].look, colour);
          gap = 0;
        }
        gap += widths[i] - width_of(text) + kColumnGap;
      }
      out += '\n';
    }
  }
  return out;
}

Table::Lost Table::lost(std::size_t width) const {
  const std::vector<std::size_t> widths = fit_columns(columns_, width);
  Lost lost;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] > 0) {
      lost.cut = lost.cut || (widths[i] < columns_[i].width && !columns_[i].wraps);
    } else if (!columns_[i].blank) {
      lost.left.push_back(rows_.front()[i].text);
    }
  }
  return lost;
}

void Table::print() const {
  fmt::print("{}", text(colour_wanted()));
}

FittedTables::FittedTables(bool whole) : whole_(whole || !on_terminal()) {}

void FittedTables::print(const Table& table) {
  const std::size_t width = whole_ ? 0 : terminal_width();
  fmt::print("{}", table.text(colour_wanted(), width));
  if (whole_) return;
  const Table::Lost lost = table.lost(width);
  lost_.cut = lost_.cut || lost.cut;
  for (const std::string& head : lost.left)
    if (std::find(lost_.left.begin(), lost_.left.end(), head) == lost_.left.end())
      lost_.left.push_back(head);
}

void print_hanging(std::string_view text, std::size_t width, std::size_t indent) {
  for (const std::string& line : hanging_lines(printable(text), width, indent))
    fmt::print("{}\n", line);
}

void FittedTables::print_note(std::string_view more) const {
  if (whole_) return;
  for (const std::string& line : note_of(lost_, more, terminal_width()))
    fmt::print("{}\n", styled(line, Look::dim, colour_wanted()));
}

std::vector<std::string> note_of(const Table::Lost& lost, std::string_view more,
                                 std::size_t width) {
  std::string heads;
  for (const std::string& head : lost.left) heads += (heads.empty() ? "" : ", ") + head;
  std::string note;
  if (lost.left.empty() && !lost.cut) return {};
  if (lost.left.empty()) {
    note = "… is what this terminal has no room for: --wide shows it";
  } else {
    note = fmt::format("this terminal has no room for {}{}: --wide shows {}", heads,
                       lost.cut ? ", and for what … stands for" : "",
                       lost.left.size() == 1 && !lost.cut ? "it" : "them");
  }
  if (!more.empty()) note += ",";
  std::vector<std::string> lines = wrapped_lines(note, width);
  if (!more.empty()) lines.push_back(fmt::format("  {}", more));
  return lines;
}

}  // namespace tocsin::commands
