// A record as the engine runs it: an expression whose result becomes series of the record's name.
#pragma once

#include <optional>
#include <string>

#include "tocsin/base/time.hpp"
#include "tocsin/expr/expression.hpp"
#include "tocsin/model/labels.hpp"

namespace tocsin::rule {

struct Record {
  std::string name;  ///< a metric's name
  expr::Expression expression;
  Labels labels;                  ///< of its series, above those that the expression gives
  std::optional<Duration> every;  ///< slower than its sources; by default their interval
};

}  // namespace tocsin::rule
