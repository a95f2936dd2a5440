// How a log line looks. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "loop/log.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::loop::log {

enum class Style {
  journal,         ///< "<6>text": the journal stamps the time itself
  plain,           ///< "2025-12-31T09:15:00Z info    text"
  terminal,        ///< "09:15:00 UTC info    text"
  color_terminal,  ///< the same, with the level coloured
};

/// One line with its newline. Control characters in the text are made visible.
[[nodiscard]] std::string line(Style style, Level level, WallTime at, std::string_view text);
/// An entry in the journal's own protocol: a field a line, the text first. As safe as a line.
[[nodiscard]] std::string journal_entry(Level level, std::string_view text,
                                        std::span<const Field> fields);
/// The text of such an entry.
[[nodiscard]] std::string_view text_of_entry(std::string_view entry);
/// What the descriptor is: the journal (as $JOURNAL_STREAM says), a terminal, or anything else.
[[nodiscard]] Style style_of(int descriptor);

}  // namespace tocsin::loop::log
