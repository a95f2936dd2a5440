// tocsin's own metrics as a target like any other: rules watch the watcher.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sources/source.hpp"

namespace tocsin::sources {

/// `render` gives the own metrics as exposition text 0.0.4.
[[nodiscard]] std::unique_ptr<Source> make_self_source(std::function<std::string()> render);

}  // namespace tocsin::sources
