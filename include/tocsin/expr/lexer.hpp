// PromQL's text as tokens.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "tocsin/expr/expression.hpp"

namespace tocsin::expr {

enum class TokenKind {
  end,
  identifier,  ///< names, keywords and operators that are words
  number,
  duration,
  text,
  plus,
  minus,
  star,
  slash,
  percent,
  caret,
  equal_equal,
  not_equal,
  greater,
  less,
  greater_equal,
  less_equal,
  assign,
  match,
  no_match,
  open_paren,
  close_paren,
  open_brace,
  close_brace,
  open_bracket,
  close_bracket,
  comma,
  colon,
  at,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Span span;
  std::string text;  ///< as written; of a string what it stands for
  double number = 0;
  Duration duration{};
};

/// All tokens, the last one `end`; or the first fault.
[[nodiscard]] tl::expected<std::vector<Token>, ParseError> tokens_of(std::string_view text);

/// How a fault names a token: `"foo"`, `the end of the expression`.
[[nodiscard]] std::string shown(const Token& token);

/// Keywords are read without regard to case; `lower` is in lower case.
[[nodiscard]] bool is_word(const Token& token, std::string_view lower);

}  // namespace tocsin::expr
