// TOML into the syntax-free tree. The only room with toml++, whose errors end here.
#pragma once

#include <cstdint>
#include <optional>

#include "tocsin/config/diagnostic.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::toml {

struct Parsed {
  config::Value root;                         ///< `other` where the syntax is broken
  std::optional<config::Diagnostic> mistake;  ///< the first; it ends a file's reading
};

/// `files[index]` as a tree whose places carry that index.
[[nodiscard]] Parsed read(const std::vector<config::File>& files, std::uint32_t index);

}  // namespace tocsin::toml
