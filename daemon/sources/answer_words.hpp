// What a server says of its own trouble, as an operator may see it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "loop/http_client.hpp"

namespace tocsin::sources {

/// `detail` and the first line of the answer; nothing of a page's markup, and of `secrets`, which
/// a server may quote, nothing either.
[[nodiscard]] std::string with_words(std::string detail, const loop::HttpResponse& response,
                                     const std::vector<std::string>& secrets);

[[nodiscard]] std::string without_secrets(std::string_view text,
                                          const std::vector<std::string>& secrets);

/// What stands in the request that nobody else may read, in each form in which it is sent.
[[nodiscard]] std::vector<std::string> secrets_of(const loop::HttpRequest& request);

}  // namespace tocsin::sources
