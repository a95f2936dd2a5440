// The tree of an expression. Built by the parser, checked once, never changed afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/series/selection.hpp"

namespace tocsin::expr {

enum class ValueType { scalar, string, vector, matrix };

struct Function;  // see expr/functions.hpp

struct Node;
using NodePtr = std::unique_ptr<Node>;

/// Where in the text a node stands: bytes from its start.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
};

/// `@ 1609746000`, `@ start()`, `@ end()`: the evaluation time is replaced.
struct FixedTime {
  enum class Kind { wall, start, end } kind = Kind::wall;
  WallTime wall{};
};

struct TimeShift {
  Duration offset{};  ///< into the past; negative looks ahead
  std::optional<FixedTime> at;
};

struct Number {
  double value = 0;
};
struct Text {
  std::string value;
};
struct VectorSelector {
  series::Selector selector;
  /// `label="value"` as absent() shows them: of each label the one equality, without the name.
  Labels equalities;
  TimeShift shift;
};
struct MatrixSelector {
  VectorSelector vector;
  Duration range{};
};
struct Subquery {
  NodePtr inner;
  Duration range{};
  Duration step{};
  TimeShift shift;
};
/// A sign in front of an operand. A plus changes nothing, but what it stands before is no selector.
struct Negation {
  NodePtr operand;
  bool plus = false;
};
struct Parenthesis {
  NodePtr inner;
};

enum class BinaryOp {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  power,
  atan2,
  equal,
  not_equal,
  greater,
  less,
  greater_equal,
  less_equal,
  both,    ///< and
  either,  ///< or
  unless,
};
enum class Cardinality { one_to_one, many_to_one, one_to_many, many_to_many };

/// How the elements of two vectors find each other.
struct Matching {
  Cardinality cardinality = Cardinality::one_to_one;
  bool on = false;                    ///< by these labels alone; otherwise by all but these
  std::vector<std::string> labels;    ///< sorted, each once
  std::vector<std::string> included;  ///< labels that group_left or group_right takes over
};
struct Binary {
  BinaryOp op = BinaryOp::add;
  bool as_bool = false;
  Matching matching;
  NodePtr left;
  NodePtr right;
};

enum class AggregateOp {
  sum,
  avg,
  min,
  max,
  count,
  group,
  stddev,
  stdvar,
  topk,
  bottomk,
  quantile,
  count_values,
};
struct Aggregate {
  AggregateOp op = AggregateOp::sum;
  bool without = false;             ///< group by all labels but these
  std::vector<std::string> labels;  ///< sorted, each once
  NodePtr parameter;                ///< of topk, bottomk, quantile, count_values
  NodePtr operand;
};
struct Call {
  const Function* function = nullptr;
  std::vector<NodePtr> arguments;
};

struct Node {
  ValueType type = ValueType::scalar;
  Span span;
  std::size_t depth = 1;  ///< of the tree below and with this node; bounded by the parser
  std::variant<Number, Text, VectorSelector, MatrixSelector, Subquery, Negation, Parenthesis,
               Binary, Aggregate, Call>
      what;
};

/// The nodes right below it, in the order of the text.
[[nodiscard]] std::vector<const Node*> children_of(const Node& node);
/// The node within any parentheses around it.
[[nodiscard]] const Node& bare(const Node& node);

}  // namespace tocsin::expr
