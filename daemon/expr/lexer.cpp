#include "tocsin/expr/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/expr/string_literal.hpp"

namespace tocsin::expr {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return lowered(a) == b; });
}

struct Mark {
  std::string_view text;
  TokenKind kind;
};
// Longer ones first, for the first that fits is taken.
constexpr Mark kMarks[] = {
    {"==", TokenKind::equal_equal},   {"!=", TokenKind::not_equal},
    {">=", TokenKind::greater_equal}, {"<=", TokenKind::less_equal},
    {"=~", TokenKind::match},         {"!~", TokenKind::no_match},
    {"=", TokenKind::assign},         {">", TokenKind::greater},
    {"<", TokenKind::less},           {"+", TokenKind::plus},
    {"-", TokenKind::minus},          {"*", TokenKind::star},
    {"/", TokenKind::slash},          {"%", TokenKind::percent},
    {"^", TokenKind::caret},          {"(", TokenKind::open_paren},
    {")", TokenKind::close_paren},    {"{", TokenKind::open_brace},
    {"}", TokenKind::close_brace},    {"[", TokenKind::open_bracket},
    {"]", TokenKind::close_bracket},  {",", TokenKind::comma},
    {":", TokenKind::colon},          {"@", TokenKind::at},
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  tl::expected<std::vector<Token>, ParseError> all() {
    for (;;) {
      skip_space();
      if (at_ >= text_.size()) break;
      if (!next()) return tl::unexpected<ParseError>(std::move(error_));
    }
    add(TokenKind::end, text_.size(), "");
    return std::move(tokens_);
  }

 private:
  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }

  bool next() {
    const char c = text_[at_];
    const bool point_and_digit = c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]);
    if (is_digit(c) || point_and_digit) return number_or_duration();
    // Between brackets a colon separates range and step; elsewhere it may be part of a name.
    if (is_letter(c) || (c == ':' && !in_brackets_)) return word();
    if (c == '"' || c == '\'' || c == '`') return string();
    return mark();
  }

  bool word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) ||
                                  (text_[at_] == ':' && !in_brackets_))) {
      ++at_;
    }
    const std::string_view name = text_.substr(start, at_ - start);
    Token& token = add(TokenKind::identifier, start, name);
    if (equal_ignoring_case(name, "inf") || equal_ignoring_case(name, "nan")) {
      token.kind = TokenKind::number;
      token.number = parse_number(name).value_or(0);
    }
    return true;
  }

  bool string() {
    auto literal = read_string(text_, at_);
    if (!literal) {
      error_ = std::move(literal.error());
      return false;
    }
    const std::size_t start = at_;
    at_ = literal->end;
    add(TokenKind::text, start, literal->value);
    return true;
  }

  bool number_or_duration() {
    const std::size_t start = at_;
    const bool hexadecimal =
        text_[at_] == '0' && at_ + 1 < text_.size() && lowered(text_[at_ + 1]) == 'x';
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool sign = (c == '+' || c == '-') && !hexadecimal && lowered(text_[at_ - 1]) == 'e';
      if (!is_digit(c) && !is_letter(c) && c != '.' && !sign) break;
      ++at_;
    }
    const std::string_view written = text_.substr(start, at_ - start);
    Token& token = add(TokenKind::number, start, written);
    if (const auto number = number_of(without_separators(written))) {
      token.number = *number;
      return true;
    }
    if (const auto duration = parse_duration(written)) {
      token.kind = TokenKind::duration;
      token.duration = *duration;
      token.number = static_cast<double>(duration->count()) / 1000.0;
      return true;
    }
    return wrong(start, written.size(),
                 fmt::format("\"{}\" is neither a number nor a duration", shortened(written, 40)),
                 "durations are written 30s, 5m, 1h30m");
  }

  /// 1_000_000 is a million, 0x_ff is 255; a separator stands before a digit and behind one or 0x.
  static std::string without_separators(std::string_view written) {
    const bool hexadecimal = lowercase(written.substr(0, 2)) == "0x";
    const auto digit = [&](std::size_t i) {
      const char c = i < written.size() ? lowered(written[i]) : ' ';
      return is_digit(c) || (hexadecimal && ((c >= 'a' && c <= 'f') || (i == 1 && c == 'x')));
    };
    std::string digits;
    for (std::size_t i = 0; i < written.size(); ++i) {
      const bool between = written[i] == '_' && i > 0 && digit(i - 1) && digit(i + 1);
      if (!between) digits += written[i];
    }
    return digits;
  }

  /// Whole numbers with a leading 0 are octal, as in Go; with a digit beyond 7 they are decimal.
  static std::optional<double> number_of(const std::string& digits) {
    const bool octal = digits.size() > 1 && digits.front() == '0' &&
                       digits.find_first_not_of("01234567") == std::string::npos;
    if (octal) {
      std::int64_t value = 0;
      const char* const end = digits.data() + digits.size();
      if (std::from_chars(digits.data(), end, value, 8).ec == std::errc()) {
        return static_cast<double>(value);
      }
    }
    const auto number = parse_number(digits);
    return number ? std::optional<double>(*number) : std::nullopt;
  }

  bool mark() {
    for (const Mark& mark : kMarks) {
      if (text_.substr(at_, mark.text.size()) != mark.text) continue;
      const std::size_t start = at_;
      at_ += mark.text.size();
      if (mark.kind == TokenKind::open_bracket) in_brackets_ = true;
      if (mark.kind == TokenKind::close_bracket) in_brackets_ = false;
      add(mark.kind, start, mark.text);
      return true;
    }
    const std::string_view rest = text_.substr(at_);
    if (rest.substr(0, 2) == "&&") return wrong(at_, 2, "\"&&\" is no operator", "write `and`");
    if (rest.substr(0, 2) == "||") return wrong(at_, 2, "\"||\" is no operator", "write `or`");
    if (rest.front() == '!') {
      return wrong(at_, 1, "\"!\" is no operator", "write `!=`, `!~` or `unless`");
    }
    std::size_t length = 1;  // of a whole character, where it has several bytes
    while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xc0U) == 0x80) {
      ++length;
    }
    return wrong(
        at_, length,
        fmt::format("\"{}\" has no meaning here", printable(valid_utf8(rest.substr(0, length)))),
        "");
  }

  Token& add(TokenKind kind, std::size_t start, std::string_view text) {
    Token token;
    token.kind = kind;
    token.span = {start, at_ - std::min(start, at_)};
    token.text = std::string(text);
    tokens_.push_back(std::move(token));
    return tokens_.back();
  }

  bool wrong(std::size_t offset, std::size_t length, std::string message, std::string hint) {
    error_ = {offset, length, std::move(message), std::move(hint)};
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_brackets_ = false;
  std::vector<Token> tokens_;
  ParseError error_;
};

}  // namespace

tl::expected<std::vector<Token>, ParseError> tokens_of(std::string_view text) {
  return Lexer(text).all();
}

std::string shown(const Token& token) {
  if (token.kind == TokenKind::end) return "end of the expression";
  if (token.kind == TokenKind::text) return "a string";
  return fmt::format("\"{}\"", shortened(token.text, 40));
}

bool is_word(const Token& token, std::string_view lower) {
  return token.kind == TokenKind::identifier && equal_ignoring_case(token.text, lower);
}

}  // namespace tocsin::expr
