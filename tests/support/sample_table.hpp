// Exposition text read for comparison: a reader of the tests' own, apart from the daemon's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::testing {

struct SampleTable {
  /// "name{a=\"1\",b=\"2\"}", labels sorted and those without a value left out, and its value.
  std::map<std::string, std::string> samples;
  std::map<std::string, std::string> types;  ///< by family
  std::vector<std::string> twice;            ///< series that stand there more than once
  std::vector<std::string> unreadable;       ///< lines that make no sense
};

[[nodiscard]] SampleTable read_samples(std::string_view text);
/// The name in front of the braces.
[[nodiscard]] std::string name_of(const std::string& series);

}  // namespace tocsin::testing
