// Aligned columns for the terminal. Colour only where standard output is one and NO_COLOR is not
// set. Every cell is made printable: labels come from anywhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::commands {

enum class Look { plain, dim, good, odd, bad, bold, cyan, blue, magenta };

struct Cell {
  std::string text;
  Look look = Look::plain;
};

class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// `width`: of a line, in columns. Where the table is wider, its widest columns are cut; 0: none.
  [[nodiscard]] std::string text(bool colour, std::size_t width = 0) const;
  /// Whole: for what people copy from it.
  void print() const;

 private:
  std::vector<std::string> heads_;
  std::vector<std::vector<Cell>> rows_;
};

/// Tables of one command on a terminal: cut to its width unless they are wanted whole.
class FittedTables {
 public:
  explicit FittedTables(bool whole) : whole_(whole) {}
  void print(const Table& table);
  /// How what was cut is seen, where something was; `more` is a further way, "" none.
  void print_note(std::string_view more = "") const;

 private:
  bool whole_;
  bool cut_ = false;
};

[[nodiscard]] bool colour_wanted();
[[nodiscard]] std::string styled(std::string_view text, Look look, bool colour);
/// Of a severity or a state.
[[nodiscard]] Look look_of(std::string_view word);

}  // namespace tocsin::commands
