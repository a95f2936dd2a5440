// A man page on the terminal: through what shows man pages there, or else as text.
#pragma once

#include <string>

namespace tocsin::commands {

/// To what is no terminal the page goes as it is, for man(1) and packages.
void show_page(const std::string& page);

}  // namespace tocsin::commands
