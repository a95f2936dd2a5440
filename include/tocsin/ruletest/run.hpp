// Runs a test against the engine on a virtual clock: pure, so the same test gives the same outcome.
#pragma once

#include <string>
#include <vector>

#include "tocsin/ruletest/suite.hpp"

namespace tocsin::ruletest {

struct Failure {
  config::Place place;  ///< of the expectation
  std::string what;
  std::string expected;
  std::string got;
  std::vector<std::string> around;  ///< what happened about that time
};

/// Everything that was not as expected; empty where the test passed.
[[nodiscard]] std::vector<Failure> run(const config::EngineConfig& config, const Test& test);

/// For a terminal, with the place, its line and a caret.
[[nodiscard]] std::string render(const Suite& suite, const Test& test, const Failure& failure);

}  // namespace tocsin::ruletest
