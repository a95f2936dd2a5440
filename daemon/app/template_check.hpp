// Templates of receivers, tried on an invented notice of each kind: whether the result is the JSON
// that it should be shows only then.
#pragma once

#include <string>
#include <vector>

#include "tocsin/config/config.hpp"
#include "tocsin/config/diagnostic.hpp"

namespace tocsin::app {

/// Under the name of the configuration's folder: a result has no line of its own.
[[nodiscard]] std::vector<config::Diagnostic> template_warnings(const config::Config& config,
                                                                const std::string& folder);

}  // namespace tocsin::app
