#include "commands/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tocsin::commands {

namespace {

constexpr std::size_t kNarrowest = 20;
constexpr std::size_t kWidest = 400;
constexpr std::size_t kUnbounded = 100'000;

std::size_t bounded(std::size_t width) {
  return std::clamp(width, kNarrowest, kWidest);
}

}  // namespace

bool on_terminal() {
  return isatty(STDOUT_FILENO) == 1;
}

std::size_t terminal_width() {
  const char* const columns = std::getenv("COLUMNS");
  const int given = columns == nullptr ? 0 : std::atoi(columns);
  if (given > 0) return bounded(static_cast<std::size_t>(given));
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return bounded(size.ws_col);
  return 80;
}

std::size_t line_width(bool whole) {
  if (whole) return kUnbounded;
  const bool given = std::getenv("COLUMNS") != nullptr;
  return given || on_terminal() ? terminal_width() : kUnbounded;
}

}  // namespace tocsin::commands
