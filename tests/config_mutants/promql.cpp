#include "config_mutants/promql.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace tocsin::mutants {
namespace {

constexpr std::array<std::string_view, 11> kWords = {"by",     "without",    "and",        "or",
                                                     "unless", "on",         "ignoring",   "bool",
                                                     "offset", "group_left", "group_right"};
constexpr std::array<std::string_view, 9> kAggregations = {
    "sum", "avg", "min", "max", "count", "topk", "group", "stddev", "quantile"};

template <class List>
bool one_of(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}

class Lexer {
 public:
  Lexer(const std::string& file, std::size_t begin, std::size_t end, std::uint32_t line)
      : file_(file), at_(begin), end_(end), line_(line) {}

  std::vector<Token> run() {
    while (at_ < end_) {
      const char c = file_[at_];
      if (c == ' ' || c == '\n') {
        line_ += c == '\n';
        ++at_;
      } else if (begins_word(c)) {
        word();
      } else if (digit(c)) {
        add(in_range_ ? Kind::span : Kind::constant,
            run_of([](char each) { return begins_word(each) || digit(each) || each == '.'; }));
      } else if (c == '"') {
        add(Kind::label_value, file_.find('"', at_ + 1) + 1 - at_);
      } else {
        sign(c);
      }
    }
    return std::move(found_);
  }

 private:
  template <class Fits>
  std::size_t run_of(Fits fits) const {
    std::size_t length = 0;
    while (at_ + length < end_ && fits(file_[at_ + length])) ++length;
    return length;
  }

  void add(Kind kind, std::size_t length) {
    Token token;
    token.kind = kind;
    token.begin = at_;
    token.end = at_ + length;
    token.line = line_;
    token.promql = true;
    token.text = file_.substr(at_, length);
    found_.push_back(std::move(token));
    at_ += length;
  }

  void word() {
    const std::size_t length = run_of([](char c) { return begins_word(c) || digit(c); });
    const std::string_view text = std::string_view(file_).substr(at_, length);
    const std::size_t next = file_.find_first_not_of(' ', at_ + length);
    const bool called = next < end_ && file_[next] == '(';
    if (in_matchers_ || in_labels_) return add(Kind::label, length);
    if (one_of(kWords, text)) {
      labels_follow_ = text == "by" || text == "without" || text == "on" || text == "ignoring";
      return add(Kind::word, length);
    }
    if (one_of(kAggregations, text)) return add(Kind::aggregation, length);
    add(called ? Kind::function : Kind::metric, length);
  }

  void sign(char c) {
    const std::string_view two = std::string_view(file_).substr(at_, 2);
    if (in_matchers_ && (c == '=' || c == '!')) {
      return add(Kind::label_op, two == "=~" || two == "!~" || two == "!=" ? 2 : 1);
    }
    switch (c) {
      case '{':
      case '}':
        in_matchers_ = c == '{';
        return add(Kind::parenthesis, 1);
      case '[':
      case ']':
        in_range_ = c == '[';
        return add(Kind::parenthesis, 1);
      case '(':
        in_labels_ = labels_follow_;
        labels_follow_ = false;
        return add(Kind::parenthesis, 1);
      case ')':
        in_labels_ = false;
        return add(Kind::parenthesis, 1);
      case ',':
        return add(Kind::separator, 1);
      default:
        return add(Kind::operation,
                   two == "==" || two == "!=" || two == ">=" || two == "<=" ? 2 : 1);
    }
  }

  const std::string& file_;
  std::size_t at_;
  std::size_t end_;
  std::uint32_t line_;
  bool in_matchers_ = false;
  bool in_range_ = false;
  bool in_labels_ = false;
  bool labels_follow_ = false;
  std::vector<Token> found_;
};

}  // namespace

std::vector<Token> promql_tokens(const std::string& file, std::size_t begin, std::size_t end,
                                 std::uint32_t line) {
  return Lexer(file, begin, end, line).run();
}

std::vector<Token> field_tokens(const std::string& file, std::size_t begin, std::size_t end,
                                std::uint32_t line) {
  std::vector<Token> found;
  for (std::size_t at = file.find("{{", begin); at < end; at = file.find("{{", at + 1)) {
    Token token;
    token.kind = Kind::field;
    token.begin = at + 2;
    token.end = std::min(file.find("}}", at), file.find('.', at));
    token.line = line;
    token.text = file.substr(token.begin, token.end - token.begin);
    found.push_back(std::move(token));
  }
  return found;
}

}  // namespace tocsin::mutants
