// How a person on this host calls tocsin so that it reaches the daemon that runs.
#pragma once

#include <string>

namespace tocsin::app {

/// "tocsin" where the usual configuration leads to that socket; otherwise with the socket, and
/// where the `tocsin` of the path is another program or none, by the path of this one.
[[nodiscard]] std::string program_for(const std::string& socket);

}  // namespace tocsin::app
