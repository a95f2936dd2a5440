#pragma once

#include <string>

namespace tocsin::toml_test {

inline const std::string kRules = std::string(TOCSIN_SOURCE_DIR) + "/rules";

}  // namespace tocsin::toml_test
