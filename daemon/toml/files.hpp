// Reading configuration files, with what of their surroundings counts.
#pragma once

#include <string>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::toml {

/// `name` is how diagnostics call it.
[[nodiscard]] Result<config::File> read_file(const std::string& path, std::string name);
/// Paths of the *.toml in a folder, sorted; none where there is no such folder.
[[nodiscard]] Result<std::vector<std::string>> toml_files(const std::string& folder);
/// Names of what in a folder was perhaps meant to be read and is not, by how they end: rules.yml,
/// rules.conf, rules.TOML; sorted.
[[nodiscard]] std::vector<std::string> passed_over(const std::string& folder);
/// Of a folder: anybody can put a file there, or another in the place of one.
[[nodiscard]] bool writable_by_others(const std::string& path);
[[nodiscard]] bool exists(const std::string& path);
/// "/etc/tocsin/conf.d/a.toml" is "a".
[[nodiscard]] std::string stem(const std::string& path);

}  // namespace tocsin::toml
