// The pages that Roff makes, as text: for a terminal without man(1).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin::commands {

/// Of the requests that Roff writes, no others. Bold where `colour`.
[[nodiscard]] std::string text_of_roff(std::string_view page, std::size_t width, bool colour);

}  // namespace tocsin::commands
