// Lines of a configuration that are shown to people must not show a secret that stands in them.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::config {

/// The line with each secret that stands in it in the clear as asterisks, as many as it has
/// characters. Works on the text alone, so that a file with broken syntax keeps its secrets too.
[[nodiscard]] std::string without_secrets(std::string_view line);

}  // namespace tocsin::config
