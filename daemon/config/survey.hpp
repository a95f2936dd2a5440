// The first pass over a configuration: every section and key is known, of the right type and within
// its bounds, and stands once. What it finds is what all later passes read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report.hpp"
#include "tocsin/config/ir.hpp"
#include "tocsin/config/keys.hpp"

namespace tocsin::config {

/// One table of a configuration and the section that it is. Points into the input.
struct Found {
  const Section* section = nullptr;
  std::string name;  ///< of a section that has one for each name
  Place place;       ///< of its name
  const Value* table = nullptr;
  bool pack = false;
  std::string within{};  ///< the name of the section that it stands in, where that has many too
};

struct Survey {
  std::vector<Found> all;  ///< as written; a second one of the same name is left out

  [[nodiscard]] std::vector<const Found*> of(std::string_view pattern) const;
  [[nodiscard]] const Found* named(std::string_view pattern, std::string_view name,
                                   std::string_view within = "") const;
  [[nodiscard]] std::vector<std::string> names(std::string_view pattern) const;
};

[[nodiscard]] Survey survey(const Input& input, Report& report,
                            const KeyTable& table = configuration_keys());

}  // namespace tocsin::config
