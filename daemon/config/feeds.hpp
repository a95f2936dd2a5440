// Which source gives the series that a selector asks for, as far as a configuration tells.
#pragma once

#include <string_view>

#include "tocsin/config/config.hpp"
#include "tocsin/series/selection.hpp"

namespace tocsin::config {

enum class Feeds { no, perhaps, surely };

/// What tocsin knows of every target.
[[nodiscard]] bool about_target(std::string_view name);
/// What begins every name of a kind of source; "" where they have none in common.
[[nodiscard]] std::string_view prefix_of(const Source& source);
[[nodiscard]] Feeds by_name(const Source& source, std::string_view name);
/// Whether the target's series can be what the selector asks for.
[[nodiscard]] Feeds feeds(const Source& source, const series::Selector& selector);

}  // namespace tocsin::config
