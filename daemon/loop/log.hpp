// The log: to the journal with levels and fields under systemd, to the terminal otherwise, through
// a bounded queue and a thread of its own, so that a stuck journal never stops the loop. The only
// file with sinks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tocsin::loop::log {

enum class Level { debug, info, warning, error, emergency };

/// What a line is about, for who searches the journal: journalctl TOCSIN_INCIDENT=3.
struct Field {
  std::string_view name;  ///< capitals, digits and underscores
  std::string value;
};

/// Once, from main, before any line: to stderr, and where $JOURNAL_STREAM says that this is the
/// journal, to the journal's own socket. Lines before it go straight to stderr, warnings and errors
/// alone.
void start(Level least);
/// The same to another descriptor, which must stay open until stop(), and another journal.
void start_on(int descriptor, Level least, const std::string& journal_socket);
/// Writes out what is queued, for two seconds at most.
void stop();
/// The journal gets the fields beside the text; elsewhere they are not shown.
void write(Level level, std::string_view text, std::span<const Field> fields = {});
inline void debug(std::string_view text) {
  write(Level::debug, text);
}
inline void info(std::string_view text) {
  write(Level::info, text);
}
inline void warning(std::string_view text) {
  write(Level::warning, text);
}
inline void error(std::string_view text) {
  write(Level::error, text);
}
/// Lines dropped because the queue was full, since the start.
[[nodiscard]] std::uint64_t dropped();

}  // namespace tocsin::loop::log
