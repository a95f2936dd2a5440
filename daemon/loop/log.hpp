// The log: to the journal with levels under systemd, to the terminal otherwise, through a bounded
// queue and a thread of its own, so that a stuck journal never stops the loop. The only file with
// sinks.
#pragma once

#include <cstdint>
#include <string_view>

namespace tocsin::loop::log {

enum class Level { debug, info, warning, error };

/// Once, from main, before any line; `to_journal` where $JOURNAL_STREAM says so. Lines before it go
/// straight to stderr, warnings and errors alone.
void start(Level least);
/// The same to another descriptor, which must stay open until stop().
void start_on(int descriptor, Level least);
/// Writes out what is queued, for two seconds at most.
void stop();
void write(Level level, std::string_view text);
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
