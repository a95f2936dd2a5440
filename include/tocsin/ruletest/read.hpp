// From the syntax-free tree of a test file to its tests. A test file is a configuration that also
// has tests: whatever else stands in it counts as in any configuration file.
#pragma once

#include <string>
#include <vector>

#include "tocsin/config/diagnostic.hpp"
#include "tocsin/config/ir.hpp"
#include "tocsin/config/keys.hpp"
#include "tocsin/ruletest/suite.hpp"

namespace tocsin::ruletest {

/// What a test file may say besides what a configuration may.
[[nodiscard]] const config::KeyTable& test_keys();

/// A configuration folder or file that `load` names.
struct Wanted {
  std::string path;
  config::Place place;
};

struct Parts {
  config::Value tests;
  config::Value configuration;
  std::vector<Wanted> load;
};
/// Takes a test file apart. What belongs to neither part is reported and left out.
[[nodiscard]] Parts split(const std::vector<config::File>& files, const config::Value& root,
                          std::vector<config::Diagnostic>& found);

/// The tests of `Parts::tests`; names are looked up in the configuration where there is one.
[[nodiscard]] std::vector<Test> read_tests(const std::vector<config::File>& files,
                                           const config::Value& tests,
                                           const config::EngineConfig* config,
                                           std::vector<config::Diagnostic>& found);

}  // namespace tocsin::ruletest
