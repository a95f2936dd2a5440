// A PromQL test script, read: groups of samples and of cases over them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/series/sample.hpp"

namespace tocsin::conformance {

struct LoadedSeries {
  Labels labels;
  std::vector<series::Sample> samples;
};

/// One line below a case: a series with its values, `_` left out.
struct ExpectedSeries {
  Labels labels;
  std::vector<std::pair<std::size_t, double>> values;  ///< by number of step
};

struct Case {
  std::size_t line = 0;
  bool range = false;
  bool ordered = false;
  bool must_fail = false;
  series::Millis from = 0;
  series::Millis to = 0;
  series::Millis step = 0;
  std::string expression;
  std::vector<ExpectedSeries> series;
  bool expects_scalar = false;
  double scalar = 0;
  bool expects_string = false;
  std::string text;
};

struct Command {
  enum class Kind { clear, load, eval } kind = Kind::clear;
  std::vector<LoadedSeries> load;
  Case test;
};

/// All commands, or what could not be read and where.
[[nodiscard]] Result<std::vector<Command>> read_script(const std::string& text);

}  // namespace tocsin::conformance
