#include "loop/log_line.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "tocsin/base/text.hpp"

namespace tocsin::loop::log {
namespace {

constexpr std::string_view kText = "MESSAGE=";
constexpr std::size_t kTextBytesMost = std::size_t{16} << 10U;
constexpr std::size_t kFieldBytesMost = std::size_t{1} << 10U;

struct Look {
  char priority;  ///< syslog's
  std::string_view name;
  std::string_view color;
};

Look look_of(Level level) {
  switch (level) {
    case Level::debug:
      return {'7', "debug", "\x1b[2m"};
    case Level::info:
      return {'6', "info", "\x1b[32m"};
    case Level::warning:
      return {'4', "warning", "\x1b[33m"};
    case Level::error:
      return {'3', "error", "\x1b[1;31m"};
    case Level::emergency:
      break;
  }
  return {'0', "EMERGENCY", "\x1b[1;37;41m"};
}

/// $JOURNAL_STREAM is "device:inode" of the stream that the manager connected; a descriptor that
/// was redirected since then is another one.
bool is_journal(int descriptor) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || fstat(descriptor, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

}  // namespace

std::string journal_entry(Level level, std::string_view text, std::span<const Field> fields) {
  // Longer entries would not fit into one datagram.
  std::string out = fmt::format("{}{}\nPRIORITY={}\nSYSLOG_IDENTIFIER=tocsin\n", kText,
                                printable(text.substr(0, kTextBytesMost)), look_of(level).priority);
  for (const Field& field : fields)
    out += fmt::format("{}={}\n", field.name,
                       printable(std::string_view(field.value).substr(0, kFieldBytesMost)));
  return out;
}

std::string_view text_of_entry(std::string_view entry) {
  const std::size_t end = std::min(entry.find('\n'), entry.size());
  return entry.substr(0, end).substr(std::min(kText.size(), end));
}

std::string line(Style style, Level level, WallTime at, std::string_view text) {
  const Look look = look_of(level);
  const std::string shown = printable(text);
  switch (style) {
    case Style::journal:
      return fmt::format("<{}>{}\n", look.priority, shown);
    case Style::plain:
      return fmt::format("{} {:<7} {}\n", format_rfc3339(at), look.name, shown);
    case Style::terminal:
      return fmt::format("{} {:<7} {}\n", format_clock(at), look.name, shown);
    case Style::color_terminal:
      break;
  }
  return fmt::format("{} {}{:<7}\x1b[0m {}\n", format_clock(at), look.color, look.name, shown);
}

Style style_of(int descriptor) {
  if (is_journal(descriptor)) return Style::journal;
  if (isatty(descriptor) == 0) return Style::plain;
  const char* no_color = std::getenv("NO_COLOR");
  return no_color != nullptr && *no_color != '\0' ? Style::terminal : Style::color_terminal;
}

}  // namespace tocsin::loop::log
