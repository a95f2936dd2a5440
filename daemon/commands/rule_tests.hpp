// What came of test files, and the forms in which it is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tocsin/config/diagnostic.hpp"
#include "tocsin/ruletest/run.hpp"

namespace tocsin::commands {

/// Says how a test file is written.
extern const char* const kTestFiles;

struct TestOutcome {
  const ruletest::Test* test = nullptr;
  std::vector<ruletest::Failure> failures;
  double seconds = 0;
};

struct FileOutcome {
  std::string file;
  std::optional<ruletest::Suite> suite;  ///< none: the file is bad, and the diagnostics say why
  std::vector<config::Diagnostic> diagnostics;
  std::vector<TestOutcome> tests;

  [[nodiscard]] std::size_t failed() const;
  [[nodiscard]] double seconds() const;
};

/// JUnit's XML, as build servers read it.
[[nodiscard]] std::string junit_xml(const std::vector<FileOutcome>& files);

}  // namespace tocsin::commands
