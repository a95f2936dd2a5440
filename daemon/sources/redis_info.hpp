// Redis's INFO as exposition text, under redis_exporter's names. Pure.
#pragma once

#include <string>
#include <string_view>

#include "sources/exposition.hpp"

namespace tocsin::sources {

/// False where the text holds nothing that INFO must hold.
[[nodiscard]] bool add_redis_info(std::string_view info, Exposition& out);

}  // namespace tocsin::sources
