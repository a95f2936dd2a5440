// The tokens within a text: of an expression, and the fields of a summary.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config_mutants/tokens.hpp"

namespace tocsin::mutants {

[[nodiscard]] std::vector<Token> promql_tokens(const std::string& file, std::size_t begin,
                                               std::size_t end, std::uint32_t line);
[[nodiscard]] std::vector<Token> field_tokens(const std::string& file, std::size_t begin,
                                              std::size_t end, std::uint32_t line);

}  // namespace tocsin::mutants
