// From tokens to a tree: operators by precedence climbing, everything else by descent. Depth is
// bounded, so that no text can exhaust the stack. Types are checked as nodes are made.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/expr/ast.hpp"
#include "tocsin/expr/expression.hpp"
#include "tocsin/expr/lexer.hpp"

namespace tocsin::expr {

inline constexpr std::size_t kMaxTextBytes = 65'536;
inline constexpr std::size_t kMaxDepth = 200;
inline constexpr std::size_t kMaxRegexBytes = 4096;
/// Ranges, offsets and steps; far enough for any history, and sums of them stay in range.
inline constexpr Duration kMaxDuration = std::chrono::hours(24 * 365 * 100);
inline constexpr Duration kDefaultSubqueryStep = std::chrono::minutes(1);

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  /// The whole text as one tree.
  [[nodiscard]] tl::expected<NodePtr, ParseError> parse();

 private:
  // A null pointer or false means that error_ is set.
  // parser.cpp: operators
  NodePtr expression(int least_precedence);
  NodePtr operand();
  NodePtr primary();
  NodePtr word();
  NodePtr parenthesis();
  NodePtr literal();
  bool matching(Binary& binary);
  bool grouping(Matching& matching);
  // parse_call.cpp: functions and aggregations
  NodePtr call(const Token& name);
  NodePtr aggregate(const Token& name, AggregateOp op);
  bool arguments(std::vector<NodePtr>& into);
  bool aggregate_operands(const Token& name, Aggregate& into);
  bool grouping_clause(Aggregate& into, bool& found);
  bool label_list(std::vector<std::string>& into);
  bool label_name(std::string& into);
  NodePtr unknown_function(const Token& name);
  // parse_selector.cpp: selectors and what may stand behind an operand
  NodePtr selector(const Token* name);
  bool matchers(std::vector<Matcher>& into);
  bool matcher(std::vector<Matcher>& into);
  struct MatcherValue {
    Span span;  ///< where a fault is shown
    std::string text;
  };
  bool add_matcher(std::vector<Matcher>& into, std::string label, MatchOp op,
                   const MatcherValue& value);
  [[nodiscard]] std::optional<MatchOp> match_op() const;
  NodePtr modifiers(NodePtr node);
  NodePtr brackets(NodePtr node);
  bool offset(Node& node);
  bool at_time(Node& node);
  TimeShift* shift_of(Node& node, std::string_view what);
  std::optional<Duration> positive_duration(std::string_view what);
  // check.cpp: types
  NodePtr finish(NodePtr node, std::size_t start);
  bool check_binary(Binary& binary, const Token& op);
  bool check_arguments(const Token& name, const Call& call);
  bool expect_type(const Node& node, ValueType type, std::string_view by);

  [[nodiscard]] const Token& here() const { return tokens_[next_]; }
  [[nodiscard]] const Token& ahead() const {
    return tokens_[next_ + 1 < tokens_.size() ? next_ + 1 : next_];
  }
  const Token& advance() {
    const Token& token = tokens_[next_];
    if (next_ + 1 < tokens_.size()) ++next_;
    return token;
  }
  bool take(TokenKind kind) {
    if (here().kind != kind) return false;
    advance();
    return true;
  }
  bool expect(TokenKind kind, std::string_view what);
  std::nullptr_t wrong(Span span, std::string message, std::string hint = "");
  /// "unexpected X, expected Y".
  std::nullptr_t unexpected(std::string_view expected, std::string hint = "");
  [[nodiscard]] std::size_t end_of_last() const;

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
  std::optional<ParseError> error_;
};

[[nodiscard]] std::string_view to_string(ValueType type);
[[nodiscard]] std::string_view to_string(BinaryOp op);
[[nodiscard]] std::string_view to_string(AggregateOp op);
[[nodiscard]] bool is_comparison(BinaryOp op);
[[nodiscard]] bool is_set_operator(BinaryOp op);
/// The aggregation of that name in any case, or none.
[[nodiscard]] std::optional<AggregateOp> aggregate_of(std::string_view name);
/// topk, bottomk, quantile and count_values are told something more than a vector.
[[nodiscard]] bool takes_parameter(AggregateOp op);

}  // namespace tocsin::expr
