#include "tocsin/expr/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tocsin::expr {
namespace {

struct Operator {
  BinaryOp op;
  int precedence;
};
constexpr int kPowerPrecedence = 6;
/// Words of the language that cannot name a metric outside braces; all others can.
constexpr std::string_view kNeverMetrics[] = {"atan2",    "bool",        "group_left",
                                              "ignoring", "group_right", "on"};

std::optional<Operator> operator_of(const Token& token) {
  switch (token.kind) {
    case TokenKind::plus:
      return Operator{BinaryOp::add, 4};
    case TokenKind::minus:
      return Operator{BinaryOp::subtract, 4};
    case TokenKind::star:
      return Operator{BinaryOp::multiply, 5};
    case TokenKind::slash:
      return Operator{BinaryOp::divide, 5};
    case TokenKind::percent:
      return Operator{BinaryOp::modulo, 5};
    case TokenKind::caret:
      return Operator{BinaryOp::power, kPowerPrecedence};
    case TokenKind::equal_equal:
      return Operator{BinaryOp::equal, 3};
    case TokenKind::not_equal:
      return Operator{BinaryOp::not_equal, 3};
    case TokenKind::greater:
      return Operator{BinaryOp::greater, 3};
    case TokenKind::less:
      return Operator{BinaryOp::less, 3};
    case TokenKind::greater_equal:
      return Operator{BinaryOp::greater_equal, 3};
    case TokenKind::less_equal:
      return Operator{BinaryOp::less_equal, 3};
    default:
      break;
  }
  if (is_word(token, "and")) return Operator{BinaryOp::both, 2};
  if (is_word(token, "unless")) return Operator{BinaryOp::unless, 2};
  if (is_word(token, "or")) return Operator{BinaryOp::either, 1};
  if (is_word(token, "atan2")) return Operator{BinaryOp::atan2, 5};
  return std::nullopt;
}

/// Counts how deep the parser has gone, for as long as it is there.
class Descent {
 public:
  explicit Descent(std::size_t& depth) : depth_(depth) { ++depth_; }
  ~Descent() { --depth_; }
  Descent(const Descent&) = delete;
  Descent& operator=(const Descent&) = delete;

 private:
  std::size_t& depth_;
};

}  // namespace

tl::expected<NodePtr, ParseError> Parser::parse() {
  NodePtr root;
  if (here().kind == TokenKind::end) {
    wrong({0, 1}, "the expression is empty");
  } else {
    root = expression(1);
    if (root && here().kind != TokenKind::end) {
      std::string hint;
      if (here().kind == TokenKind::assign) hint = "to compare, write `==`";
      root = unexpected("an operator or the end", std::move(hint));
    }
  }
  if (root) return root;
  return tl::unexpected<ParseError>(std::move(*error_));
}

NodePtr Parser::expression(int least_precedence) {
  const Descent descent(depth_);
  if (depth_ > kMaxDepth) return wrong(here().span, "the expression is nested too deeply");
  const std::size_t start = here().span.offset;
  NodePtr left = operand();
  while (left) {
    const auto found = operator_of(here());
    if (!found || found->precedence < least_precedence) break;
    const Token& op = advance();
    Binary binary;
    binary.op = found->op;
    if (!matching(binary)) return nullptr;
    // Powers are read from the right: 2^3^2 is 2^(3^2).
    const bool from_right = found->op == BinaryOp::power;
    binary.left = std::move(left);
    binary.right = expression(found->precedence + (from_right ? 0 : 1));
    if (!binary.right || !check_binary(binary, op)) return nullptr;
    auto node = std::make_unique<Node>();
    const bool scalar =
        binary.left->type == ValueType::scalar && binary.right->type == ValueType::scalar;
    node->type = scalar ? ValueType::scalar : ValueType::vector;
    node->what = std::move(binary);
    left = finish(std::move(node), start);
  }
  return left;
}

/// A sign binds more loosely than a power and more tightly than a product.
NodePtr Parser::operand() {
  const std::size_t start = here().span.offset;
  if (here().kind != TokenKind::minus && here().kind != TokenKind::plus) {
    NodePtr node = primary();
    return node ? modifiers(std::move(node)) : nullptr;
  }
  const Token& sign = advance();
  NodePtr inner = expression(kPowerPrecedence);
  if (!inner) return nullptr;
  if (inner->type != ValueType::scalar && inner->type != ValueType::vector) {
    return wrong(inner->span, fmt::format("a {} has no sign", to_string(inner->type)));
  }
  auto node = std::make_unique<Node>();
  node->type = inner->type;
  node->what = Negation{std::move(inner), sign.kind == TokenKind::plus};
  return finish(std::move(node), start);
}

NodePtr Parser::primary() {
  switch (here().kind) {
    case TokenKind::number:
    case TokenKind::duration:
    case TokenKind::text:
      return literal();
    case TokenKind::open_paren:
      return parenthesis();
    case TokenKind::open_brace:
      return selector(nullptr);
    case TokenKind::identifier:
      return word();
    default:
      return unexpected("a metric, a function, a number or (");
  }
}

NodePtr Parser::literal() {
  const Token& token = advance();
  auto node = std::make_unique<Node>();
  if (token.kind == TokenKind::text) {
    node->type = ValueType::string;
    node->what = Text{token.text};
  } else {
    node->type = ValueType::scalar;
    node->what = Number{token.number};
  }
  return finish(std::move(node), token.span.offset);
}

NodePtr Parser::parenthesis() {
  const Token& open = advance();
  NodePtr inner = expression(1);
  if (!inner) return nullptr;
  if (!take(TokenKind::close_paren)) {
    return here().kind == TokenKind::end ? wrong(open.span, "this ( is never closed")
                                         : unexpected("an operator or )");
  }
  auto node = std::make_unique<Node>();
  node->type = inner->type;
  node->what = Parenthesis{std::move(inner)};
  return finish(std::move(node), open.span.offset);
}

NodePtr Parser::word() {
  const Token& name = advance();
  const bool called = here().kind == TokenKind::open_paren;
  if (const auto op = aggregate_of(name.text)) {
    if (called || is_word(here(), "by") || is_word(here(), "without")) return aggregate(name, *op);
  }
  if (called) return call(name);
  if (is_word(here(), "by") || is_word(here(), "without")) return unknown_function(name);
  for (const std::string_view word : kNeverMetrics) {
    if (!is_word(name, word)) continue;
    return wrong(name.span, fmt::format("\"{}\" stands behind an operator", name.text),
                 fmt::format("a metric of that name is written {{__name__=\"{}\"}}", name.text));
  }
  return selector(&name);
}

bool Parser::matching(Binary& binary) {
  if (is_word(here(), "bool")) {
    const Token& word = advance();
    if (!is_comparison(binary.op)) {
      wrong(word.span, "`bool` goes with comparisons only");
      return false;
    }
    binary.as_bool = true;
  }
  if (is_set_operator(binary.op)) binary.matching.cardinality = Cardinality::many_to_many;
  const bool on = is_word(here(), "on");
  if (!on && !is_word(here(), "ignoring")) {
    if (is_word(here(), "group_left") || is_word(here(), "group_right")) {
      unexpected("an operand", "group_left and group_right stand behind on(…) or ignoring(…)");
      return false;
    }
    return true;
  }
  advance();
  binary.matching.on = on;
  return label_list(binary.matching.labels) && grouping(binary.matching);
}

bool Parser::grouping(Matching& matching) {
  const bool left = is_word(here(), "group_left");
  if (!left && !is_word(here(), "group_right")) return true;
  const Token& word = advance();
  if (matching.cardinality == Cardinality::many_to_many) {
    wrong(word.span, "and, or, unless match all with all: they cannot be grouped");
    return false;
  }
  matching.cardinality = left ? Cardinality::many_to_one : Cardinality::one_to_many;
  if (here().kind == TokenKind::open_paren && !label_list(matching.included)) return false;
  for (const std::string& label : matching.included) {
    if (matching.on && std::binary_search(matching.labels.begin(), matching.labels.end(), label)) {
      wrong(word.span, fmt::format("label \"{}\" is matched on: it need not be taken over", label));
      return false;
    }
  }
  return true;
}

bool Parser::expect(TokenKind kind, std::string_view what) {
  if (take(kind)) return true;
  unexpected(what);
  return false;
}

std::nullptr_t Parser::wrong(Span span, std::string message, std::string hint) {
  if (!error_) {
    error_ = ParseError{span.offset, std::max<std::size_t>(span.length, 1), std::move(message),
                        std::move(hint)};
  }
  return nullptr;
}

std::nullptr_t Parser::unexpected(std::string_view expected, std::string hint) {
  return wrong(here().span, fmt::format("unexpected {}, expected {}", shown(here()), expected),
               std::move(hint));
}

std::size_t Parser::end_of_last() const {
  if (next_ == 0) return 0;
  const Span last = tokens_[next_ - 1].span;
  return last.offset + last.length;
}

}  // namespace tocsin::expr
