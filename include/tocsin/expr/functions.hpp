// The functions of PromQL: one table that the parser checks calls against and the evaluator runs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tocsin/expr/evaluator.hpp"

namespace tocsin::expr {

/// A number of each element's value.
using ElementFunction = double (*)(double);
/// A number of the samples in a range, at least one; none where there are too few of them.
/// `parameter` is the function's scalar argument, where it has one.
using RangeFunction = std::optional<double> (*)(std::span<const Sample> samples,
                                                const Window& window, double parameter);
/// Anything else.
using SpecialFunction = Result<Intermediate> (*)(Evaluator& evaluator, const Call& call, Millis at);

struct Function {
  std::string_view name;
  ValueType result = ValueType::vector;
  std::vector<ValueType> parameters;
  std::size_t optional = 0;   ///< so many of the last may be left out
  bool repeats_last = false;  ///< the last may come any number of times
  bool keeps_name = false;    ///< its elements keep the metric's name
  std::variant<ElementFunction, RangeFunction, SpecialFunction> body;
};

/// By its exact name, or none.
[[nodiscard]] const Function* find_function(std::string_view name);
[[nodiscard]] std::vector<std::string> function_names();
/// Why a function that Prometheus has is missing here, or "".
[[nodiscard]] std::string_view function_left_out(std::string_view name);

// The rooms of the table; each has a file of its own.
void add_element_functions(std::vector<Function>& table);
void add_date_functions(std::vector<Function>& table);
void add_rate_functions(std::vector<Function>& table);
void add_over_time_functions(std::vector<Function>& table);
void add_vector_functions(std::vector<Function>& table);
void add_label_functions(std::vector<Function>& table);
void add_histogram_functions(std::vector<Function>& table);

}  // namespace tocsin::expr
