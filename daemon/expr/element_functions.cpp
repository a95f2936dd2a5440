// Functions of one number, applied to each element.
#include <cmath>
#include <limits>
#include <numbers>

#include "tocsin/expr/functions.hpp"

namespace tocsin::expr {
namespace {

double sign(double value) {
  if (value < 0) return -1;
  return value > 0 ? 1 : value;
}
double degrees(double value) {
  return value * 180 / std::numbers::pi;
}
double radians(double value) {
  return value * std::numbers::pi / 180;
}

}  // namespace

void add_element_functions(std::vector<Function>& table) {
  struct Entry {
    std::string_view name;
    ElementFunction body;
  };
  const Entry entries[] = {
      {"abs", [](double v) { return std::fabs(v); }},
      {"ceil", [](double v) { return std::ceil(v); }},
      {"floor", [](double v) { return std::floor(v); }},
      {"exp", [](double v) { return std::exp(v); }},
      {"sqrt", [](double v) { return std::sqrt(v); }},
      {"ln", [](double v) { return std::log(v); }},
      {"log2", [](double v) { return std::log2(v); }},
      {"log10", [](double v) { return std::log10(v); }},
      {"sgn", sign},
      {"sin", [](double v) { return std::sin(v); }},
      {"cos", [](double v) { return std::cos(v); }},
      {"tan", [](double v) { return std::tan(v); }},
      {"asin", [](double v) { return std::asin(v); }},
      {"acos", [](double v) { return std::acos(v); }},
      {"atan", [](double v) { return std::atan(v); }},
      {"sinh", [](double v) { return std::sinh(v); }},
      {"cosh", [](double v) { return std::cosh(v); }},
      {"tanh", [](double v) { return std::tanh(v); }},
      {"asinh", [](double v) { return std::asinh(v); }},
      {"acosh", [](double v) { return std::acosh(v); }},
      {"atanh", [](double v) { return std::atanh(v); }},
      {"deg", degrees},
      {"rad", radians},
  };
  for (const Entry& entry : entries) {
    Function function;
    function.name = entry.name;
    function.parameters = {ValueType::vector};
    function.body = entry.body;
    table.push_back(std::move(function));
  }
}

}  // namespace tocsin::expr
