// What is wrong with a configuration, where, and what was probably meant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tocsin/config/ir.hpp"

namespace tocsin::config {

enum class Level { error, warning };

struct Diagnostic {
  Level level = Level::error;
  std::string file;
  std::uint32_t line = 0;  ///< 0: the file as a whole
  std::uint32_t column = 0;
  std::uint32_t length = 1;
  std::string message;
  std::string hint;    ///< "" or what to do
  std::string source;  ///< the line itself
};

/// A diagnostic at a place, its line taken from the file.
[[nodiscard]] Diagnostic diagnostic_at(const std::vector<File>& files, Level level, Place place,
                                       std::string message, std::string hint = "");
/// By file (in the order given), line and column; exact repetitions are dropped.
void sort_diagnostics(std::vector<Diagnostic>& diagnostics, const std::vector<File>& files);
[[nodiscard]] bool has_errors(const std::vector<Diagnostic>& diagnostics);

/// For a terminal or a log, ending in a newline:
///
///     rules.d/app.toml:12:9: error: unknown function `rat`
///        12 | expr = 'rat(x[5m]) > 1'
///           |         ^~~ did you mean `rate`?
[[nodiscard]] std::string render(const Diagnostic& diagnostic);
[[nodiscard]] std::string render(const std::vector<Diagnostic>& diagnostics);

}  // namespace tocsin::config
