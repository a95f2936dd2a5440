// Selectors, and what may stand behind an operand: ranges, subqueries, offset and @.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "tocsin/base/text.hpp"
#include "tocsin/expr/parser.hpp"

namespace tocsin::expr {
namespace {

/// Of each label the value of its first equality, unless another matcher of it follows.
Labels equalities_of(const std::vector<Matcher>& matchers) {
  Labels labels;
  std::set<std::string> seen;
  for (const Matcher& matcher : matchers) {
    if (matcher.label() == kNameLabel) continue;
    const bool first = matcher.op() == MatchOp::equal && seen.insert(matcher.label()).second;
    labels.set(matcher.label(), first ? matcher.value() : "");
  }
  return labels;
}

}  // namespace

NodePtr Parser::selector(const Token* name) {
  const std::size_t start = name != nullptr ? name->span.offset : here().span.offset;
  std::vector<Matcher> all;
  if (here().kind == TokenKind::open_brace && !matchers(all)) return nullptr;
  if (name != nullptr) {
    const auto names = [](const Matcher& matcher) { return matcher.label() == kNameLabel; };
    if (std::any_of(all.begin(), all.end(), names)) {
      return wrong({start, end_of_last() - start}, "the metric is named twice",
                   "name it in front of the braces or within them");
    }
    all.insert(all.begin(), *Matcher::make(std::string(kNameLabel), MatchOp::equal, name->text));
  }
  const Span span{start, end_of_last() - start};
  const bool narrows = std::any_of(all.begin(), all.end(),
                                   [](const Matcher& matcher) { return !matcher.matches(""); });
  if (!narrows) {
    return wrong(span, "the selector would match every series there is",
                 "name a metric, or a label that must not be empty");
  }
  VectorSelector selector;
  selector.equalities = equalities_of(all);
  selector.selector = series::Selector::make(std::move(all));
  auto node = std::make_unique<Node>();
  node->type = ValueType::vector;
  node->what = std::move(selector);
  return finish(std::move(node), start);
}

bool Parser::matchers(std::vector<Matcher>& into) {
  const Token& open = advance();
  while (here().kind != TokenKind::close_brace) {
    if (here().kind == TokenKind::end) {
      wrong(open.span, "this { is never closed");
      return false;
    }
    if (!matcher(into)) return false;
    if (here().kind == TokenKind::close_brace) break;
    if (here().kind == TokenKind::end) continue;
    if (!expect(TokenKind::comma, "a comma or }")) return false;
  }
  advance();
  return true;
}

bool Parser::matcher(std::vector<Matcher>& into) {
  const Span start = here().span;
  const bool quoted = here().kind == TokenKind::text;
  std::string label;
  if (!label_name(label)) return false;
  if (quoted && (here().kind == TokenKind::comma || here().kind == TokenKind::close_brace)) {
    // A name in quotes that stands alone is the metric's.
    return add_matcher(into, std::string(kNameLabel), MatchOp::equal, {start, label});
  }
  const auto op = match_op();
  if (!op) {
    unexpected("=, !=, =~ or !~",
               here().kind == TokenKind::equal_equal ? "labels are matched with a single =" : "");
    return false;
  }
  advance();
  if (here().kind != TokenKind::text) {
    unexpected("the label's value in quotes");
    return false;
  }
  const Token& value = advance();
  const bool names = label == kNameLabel && *op == MatchOp::equal;
  return add_matcher(into, std::move(label), *op, {names ? start : value.span, value.text});
}

std::optional<MatchOp> Parser::match_op() const {
  switch (here().kind) {
    case TokenKind::assign:
      return MatchOp::equal;
    case TokenKind::not_equal:
      return MatchOp::not_equal;
    case TokenKind::match:
      return MatchOp::regex;
    case TokenKind::no_match:
      return MatchOp::not_regex;
    default:
      return std::nullopt;
  }
}

bool Parser::add_matcher(std::vector<Matcher>& into, std::string label, MatchOp op,
                         const MatcherValue& value) {
  const bool regex = op == MatchOp::regex || op == MatchOp::not_regex;
  if (regex && value.text.size() > kMaxRegexBytes) {
    wrong(value.span, fmt::format("a regular expression may have {} bytes", kMaxRegexBytes));
    return false;
  }
  auto made = Matcher::make(std::move(label), op, value.text);
  if (!made) {
    wrong(value.span, made.error().text);
    return false;
  }
  into.push_back(std::move(*made));
  return true;
}

NodePtr Parser::modifiers(NodePtr node) {
  for (;;) {
    if (here().kind == TokenKind::open_bracket) {
      node = brackets(std::move(node));
      if (!node) return nullptr;
      continue;
    }
    const bool is_offset = is_word(here(), "offset");
    if (!is_offset && here().kind != TokenKind::at) return node;
    if (is_offset ? !offset(*node) : !at_time(*node)) return nullptr;
    node->span.length = end_of_last() - node->span.offset;
  }
}

NodePtr Parser::brackets(NodePtr node) {
  const Token& open = advance();
  const std::size_t start = node->span.offset;
  const auto range = positive_duration("the range");
  if (!range) return nullptr;
  auto made = std::make_unique<Node>();
  made->type = ValueType::matrix;
  if (here().kind == TokenKind::colon) {
    advance();
    Subquery subquery;
    subquery.range = *range;
    subquery.step = kDefaultSubqueryStep;
    if (here().kind != TokenKind::close_bracket) {
      const auto step = positive_duration("the step");
      if (!step) return nullptr;
      subquery.step = *step;
    }
    if (node->type != ValueType::vector) {
      return wrong(node->span, fmt::format("a subquery is made of an instant vector, not of a {}",
                                           to_string(node->type)));
    }
    subquery.inner = std::move(node);
    made->what = std::move(subquery);
  } else {
    auto* selector = std::get_if<VectorSelector>(&node->what);
    if (selector == nullptr) {
      return wrong(open.span, "only a selector can have a range",
                   "of an expression, a subquery is written [5m:1m]");
    }
    if (selector->shift.offset != Duration::zero() || selector->shift.at) {
      return wrong(open.span, "the range stands before offset and @");
    }
    made->what = MatrixSelector{std::move(*selector), *range};
  }
  if (!expect(TokenKind::close_bracket, "]")) return nullptr;
  return finish(std::move(made), start);
}

std::optional<Duration> Parser::positive_duration(std::string_view what) {
  const Token& token = here();
  if (token.kind != TokenKind::duration && token.kind != TokenKind::number) {
    unexpected(fmt::format("{} as a duration like 5m", what));
    return std::nullopt;
  }
  advance();
  const double millis = token.number * 1000;
  if (!(millis >= 1) || millis > static_cast<double>(kMaxDuration.count())) {
    wrong(token.span, fmt::format("{} must be longer than nothing and at most 100 years", what));
    return std::nullopt;
  }
  return Duration(std::llround(millis));
}

TimeShift* Parser::shift_of(Node& node, std::string_view what) {
  if (auto* vector = std::get_if<VectorSelector>(&node.what)) return &vector->shift;
  if (auto* matrix = std::get_if<MatrixSelector>(&node.what)) return &matrix->vector.shift;
  if (auto* subquery = std::get_if<Subquery>(&node.what)) return &subquery->shift;
  wrong(here().span, fmt::format("{} goes with a selector or a subquery only", what));
  return nullptr;
}

bool Parser::offset(Node& node) {
  TimeShift* shift = shift_of(node, "offset");
  if (shift == nullptr) return false;
  const Token& word = advance();
  if (shift->offset != Duration::zero()) {
    wrong(word.span, "there is an offset already");
    return false;
  }
  const bool minus = here().kind == TokenKind::minus;
  if (minus || here().kind == TokenKind::plus) advance();
  const Token& token = here();
  if (token.kind != TokenKind::duration && token.kind != TokenKind::number) {
    unexpected("a duration like 5m");
    return false;
  }
  advance();
  const double millis = token.number * 1000;
  if (!(std::abs(millis) <= static_cast<double>(kMaxDuration.count()))) {
    wrong(token.span, "an offset is at most 100 years");
    return false;
  }
  shift->offset = Duration(std::llround(minus ? -millis : millis));
  return true;
}

bool Parser::at_time(Node& node) {
  TimeShift* shift = shift_of(node, "@");
  if (shift == nullptr) return false;
  const Token& mark = advance();
  if (shift->at) {
    wrong(mark.span, "there is an @ already");
    return false;
  }
  FixedTime fixed;
  const bool is_start = is_word(here(), "start");
  if (is_start || is_word(here(), "end")) {
    fixed.kind = is_start ? FixedTime::Kind::start : FixedTime::Kind::end;
    advance();
    shift->at = fixed;
    return expect(TokenKind::open_paren, "(") && expect(TokenKind::close_paren, ")");
  }
  const bool minus = here().kind == TokenKind::minus;
  if (minus || here().kind == TokenKind::plus) advance();
  const Token& token = here();
  if (token.kind != TokenKind::number && token.kind != TokenKind::duration) {
    unexpected("a time in seconds since 1970, start() or end()");
    return false;
  }
  advance();
  const double millis = token.number * 1000;
  // A hundred centuries either way.
  if (!(std::abs(millis) <= 100 * static_cast<double>(kMaxDuration.count()))) {
    wrong(token.span, "this time is out of range");
    return false;
  }
  fixed.wall = WallTime(Duration(std::llround(minus ? -millis : millis)));
  shift->at = fixed;
  return true;
}

}  // namespace tocsin::expr
