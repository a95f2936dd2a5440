// The text form of matchers: `{a="b", c!~"d|e"}`.
#include <fmt/format.h>

#include <optional>

#include "tocsin/base/text.hpp"
#include "tocsin/model/matcher.hpp"

namespace tocsin {

namespace {

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool continues_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class MatcherParser {
 public:
  explicit MatcherParser(std::string_view text) : text_(text) {}

  Result<std::vector<Matcher>> parse() {
    std::vector<Matcher> all;
    skip_blanks();
    const bool braced = take('{');
    skip_blanks();
    while (at_ < text_.size() && !(braced && text_[at_] == '}')) {
      auto matcher = one();
      if (!matcher) return tl::unexpected(matcher.error());
      all.push_back(std::move(*matcher));
      skip_blanks();
      if (!take(',')) break;
      skip_blanks();
    }
    if (braced && !take('}')) return wrong("a comma or the closing brace is expected");
    skip_blanks();
    if (at_ < text_.size()) return wrong("this is more than matchers");
    return all;
  }
  /// Of a parse that failed.
  [[nodiscard]] const MatchersFault& fault() const { return fault_; }

 private:
  Result<Matcher> one() {
    const std::size_t begin = at_;
    if (at_ < text_.size() && begins_name(text_[at_])) {
      while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    }
    if (at_ == begin) return wrong("a label's name is expected");
    std::string label(text_.substr(begin, at_ - begin));
    skip_blanks();
    const auto op = operation();
    if (!op) return wrong("one of =, !=, =~, !~ is expected");
    skip_blanks();
    const std::size_t value_at = at_;
    auto value = quoted();
    if (!value) return tl::unexpected(value.error());
    auto matcher = Matcher::make(std::move(label), *op, std::move(*value));
    if (!matcher) {
      at_ = value_at;
      return wrong(matcher.error().text);
    }
    return matcher;
  }

  std::optional<MatchOp> operation() {
    const std::string_view two = text_.substr(at_, 2);
    if (two == "=~" || two == "!~" || two == "!=") {
      at_ += 2;
      return two == "=~" ? MatchOp::regex : two == "!~" ? MatchOp::not_regex : MatchOp::not_equal;
    }
    if (take('=')) return MatchOp::equal;
    return std::nullopt;
  }

  Result<std::string> quoted() {
    const std::size_t begin = at_;
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'' && quote != '`') return wrong("a quoted value is expected");
    ++at_;
    std::string value;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && quote != '`') {
        if (!escape(value)) return wrong("this escape is not known");
      } else {
        value += text_[at_++];
      }
    }
    if (!take(quote)) {
      at_ = begin;
      return wrong("the quotation does not end");
    }
    return value;
  }

  /// One escape of Go's strings, as PromQL has them, except those that name a character by number
  /// beyond one byte.
  bool escape(std::string& value) {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    constexpr std::string_view kLetters = "abfnrtv\\\"'";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"'";
    if (const auto known = kLetters.find(c); c != '\0' && known != std::string_view::npos) {
      value += kMeanings[known];
      at_ += 2;
      return true;
    }
    if (c != 'x' || at_ + 3 >= text_.size()) return false;
    const int high = hex_digit(text_[at_ + 2]);
    const int low = hex_digit(text_[at_ + 3]);
    if (high < 0 || low < 0) return false;
    value += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
    at_ += 4;
    return true;
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  tl::unexpected<Error> wrong(std::string_view why) {
    fault_ = {at_, std::string(why)};
    return fail(ErrorCode::invalid, fmt::format("matchers `{}`, character {}: {}",
                                                printable(shortened(text_, 200)), at_ + 1, why));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  MatchersFault fault_;
};

}  // namespace

Result<Matchers> Matchers::parse(std::string_view text) {
  auto all = MatcherParser(text).parse();
  if (!all) return tl::unexpected(all.error());
  return Matchers(std::move(*all));
}

std::optional<MatchersFault> Matchers::fault_in(std::string_view text) {
  MatcherParser parser(text);
  if (parser.parse()) return std::nullopt;
  return parser.fault();
}

}  // namespace tocsin
