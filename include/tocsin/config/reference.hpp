// What the table of keys says, for people: help about one thing, and the whole of it as a page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"

namespace tocsin::config {

/// About a key ("every", "rule.above"), a section ("policy", "[source.prometheus.api]"; of a source
/// its metrics too), a metric or, where `word` is empty, everything in short. A key that several
/// sections have is told for each. Fails with what was probably meant.
[[nodiscard]] Result<std::string> help_about(std::string_view word);

/// Everything that one can ask about, as one would write it.
[[nodiscard]] std::vector<std::string> words_with_help();

/// The reference as Markdown.
[[nodiscard]] std::string reference_page();

}  // namespace tocsin::config
