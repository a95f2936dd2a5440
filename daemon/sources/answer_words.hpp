// What a server says of its own trouble, as an operator may see it.
#pragma once

#include <string>

#include "loop/http_client.hpp"

namespace tocsin::sources {

/// `detail` and the first line of the answer; nothing of a page's markup.
[[nodiscard]] std::string with_words(std::string detail, const loop::HttpResponse& response);

}  // namespace tocsin::sources
