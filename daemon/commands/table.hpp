// Aligned columns for the terminal. Colour only where standard output is one and NO_COLOR is not
// set. Every cell is made printable: labels come from anywhere.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "commands/fit_columns.hpp"

namespace tocsin::commands {

enum class Look { plain, dim, good, odd, bad, bold, cyan, blue, magenta };

struct Cell {
  std::string text;
  Look look = Look::plain;
};

class Table {
 public:
  explicit Table(std::vector<std::string> heads);
  void add(std::vector<Cell> row);
  /// Columns of prose: their text goes on in further lines rather than being cut.
  void wraps(std::initializer_list<std::string_view> heads);
  /// Columns that a narrow terminal can do without, the first to go first.
  void spares(std::initializer_list<std::string_view> heads);
  /// Columns that tell nothing where they are cut: times and figures.
  void keeps(std::initializer_list<std::string_view> heads);
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }
  /// The columns of a line where the table is whole.
  [[nodiscard]] std::size_t width() const;
  /// `width`: of a line, in columns, which the table is fitted to; 0: it is whole.
  [[nodiscard]] std::string text(bool colour, std::size_t width = 0) const;
  /// Whole: for what people copy from it.
  void print() const;

  struct Lost {
    bool cut = false;               ///< a text ends in "…"
    std::vector<std::string> left;  ///< heads of the columns that had words in them
  };
  /// What the table does not show in lines of that width.
  [[nodiscard]] Lost lost(std::size_t width) const;

 private:
  [[nodiscard]] Column& column(std::string_view head);

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;  ///< the heads first
};

/// How what a terminal does not show is seen, in lines of that width; `more` is a further way, ""
/// none. Empty where nothing is lost.
[[nodiscard]] std::vector<std::string> note_of(const Table::Lost& lost, std::string_view more,
                                               std::size_t width);

/// Tables of one command on a terminal: fitted to its width unless they are wanted whole.
class FittedTables {
 public:
  explicit FittedTables(bool whole);
  void print(const Table& table);
  /// Texts were abbreviated before their table was made, which the note then tells of.
  void abbreviated() { lost_.cut = true; }
  void print_note(std::string_view more = "") const;

 private:
  bool whole_;
  Table::Lost lost_;
};

/// Prose in lines of that width (see hanging_lines), made printable.
void print_hanging(std::string_view text, std::size_t width, std::size_t indent = 0);

[[nodiscard]] bool colour_wanted();
[[nodiscard]] std::string styled(std::string_view text, Look look, bool colour);
/// Of a severity or a state.
[[nodiscard]] Look look_of(std::string_view word);

}  // namespace tocsin::commands
