#pragma once

#include <string>
#include <string_view>

namespace tocsin::receivers {

/// RFC 4648, padded, without line breaks.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace tocsin::receivers
