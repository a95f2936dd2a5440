#include "tocsin/expr/string_literal.hpp"

#include <fmt/format.h>

#include "tocsin/base/text.hpp"

namespace tocsin::expr {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0U | (code >> 6U));
    byte(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    byte(0xe0U | (code >> 12U));
    byte(0x80U | ((code >> 6U) & 0x3fU));
    byte(0x80U | (code & 0x3fU));
  } else {
    byte(0xf0U | (code >> 18U));
    byte(0x80U | ((code >> 12U) & 0x3fU));
    byte(0x80U | ((code >> 6U) & 0x3fU));
    byte(0x80U | (code & 0x3fU));
  }
}

/// `count` digits of `base` at `at`; false where there are fewer.
bool read_code(std::string_view text, std::size_t at, std::size_t count, int base,
               std::uint32_t& code) {
  if (at + count > text.size()) return false;
  code = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = digit_of(text[at + i]);
    if (digit >= base) return false;
    code = code * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
  }
  return true;
}

char simple_escape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
      return c;
    default:
      return '\0';
  }
}

/// One escape behind its backslash, at `at`, which moves behind it. False where there is none such.
bool read_escape(std::string_view text, std::size_t& at, char quote, std::string& out) {
  const char c = at < text.size() ? text[at] : '\0';
  if (const char plain = c == quote ? c : simple_escape(c); plain != '\0') {
    out += plain;
    ++at;
    return true;
  }
  std::uint32_t code = 0;
  if (c >= '0' && c <= '7') {
    if (!read_code(text, at, 3, 8, code) || code > 0xff) return false;
    out += static_cast<char>(code);
    at += 3;
    return true;
  }
  if (c == 'x') {
    if (!read_code(text, at + 1, 2, 16, code)) return false;
    out += static_cast<char>(code);
    at += 3;
    return true;
  }
  if (c != 'u' && c != 'U') return false;
  const std::size_t digits = c == 'u' ? 4 : 8;
  const bool valid = read_code(text, at + 1, digits, 16, code) && code <= 0x10ffff &&
                     !(code >= 0xd800 && code < 0xe000);
  if (!valid) return false;
  append_utf8(out, code);
  at += 1 + digits;
  return true;
}

}  // namespace

tl::expected<StringLiteral, ParseError> read_string(std::string_view text, std::size_t start) {
  const char quote = text[start];
  StringLiteral literal;
  std::size_t at = start + 1;
  while (at < text.size() && text[at] != quote) {
    if (quote != '`' && text[at] == '\n') break;
    if (quote == '`' || text[at] != '\\') {
      literal.value += text[at++];
      continue;
    }
    const std::size_t escape = at++;
    if (!read_escape(text, at, quote, literal.value)) {
      return tl::unexpected<ParseError>(
          ParseError{escape, 2, "this escape sequence does not exist",
                     "write a backslash as \\\\, or put the text in backquotes"});
    }
  }
  if (at >= text.size() || text[at] != quote) {
    return tl::unexpected<ParseError>(
        ParseError{start, 1, fmt::format("the string has no closing {}", quote), ""});
  }
  literal.end = at + 1;
  const std::string_view written = text.substr(start, literal.end - start);
  if (valid_utf8(written) != written) {
    return tl::unexpected<ParseError>(
        ParseError{start, written.size(), "the string holds bytes that are no UTF-8",
                   "write such a byte as \\xff, in double or single quotes"});
  }
  return literal;
}

}  // namespace tocsin::expr
