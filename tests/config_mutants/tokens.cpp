#include "config_mutants/tokens.hpp"

#include <algorithm>
#include <array>

#include "config_mutants/promql.hpp"

namespace tocsin::mutants {
namespace {

constexpr std::array<std::string_view, 14> kFamilies = {
    "host",   "packs",  "source", "prometheus", "tocsin", "receiver", "policy",
    "notify", "record", "rule",   "override",   "group",  "limits",   "tuning"};

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

class Lexer {
 public:
  explicit Lexer(const std::string& text) : text_(text) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      if (skip_blank()) continue;
      if (text_[at_] == '[') {
        header();
      } else {
        statement();
      }
    }
    return std::move(found_);
  }

 private:
  /// Blanks, line ends and comments.
  bool skip_blank() {
    const char c = text_[at_];
    if (c == '#') {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      return true;
    }
    if (c != ' ' && c != '\n' && c != '\t') return false;
    line_ += c == '\n';
    ++at_;
    return true;
  }

  Token& add(Kind kind, std::size_t length) {
    Token token;
    token.kind = kind;
    token.begin = at_;
    token.end = at_ + length;
    token.line = line_;
    token.text = text_.substr(at_, length);
    token.section = section_;
    token.key = key_;
    found_.push_back(token);
    line_ += static_cast<std::uint32_t>(std::count(token.text.begin(), token.text.end(), '\n'));
    at_ += length;
    return found_.back();
  }

  std::size_t word() const {
    std::size_t length = 0;
    while (at_ + length < text_.size() && in_word(text_[at_ + length])) ++length;
    return length;
  }

  void header() {
    section_.clear();
    key_.clear();
    const std::size_t brackets = text_.compare(at_, 2, "[[") == 0 ? 2 : 1;
    const std::size_t first = found_.size();
    add(Kind::header_bracket, brackets);
    std::size_t words = 0;
    while (text_[at_] != ']') {
      if (text_[at_] == '.') {
        add(Kind::dot, 1);
        continue;
      }
      const std::string_view each = std::string_view(text_).substr(at_, word());
      // The name comes behind the family, and behind [source.prometheus].
      const std::size_t families = section_ == "source" || section_ == "source.prometheus" ? 2 : 1;
      const bool named = words == families;
      const bool family =
          !named && std::find(kFamilies.begin(), kFamilies.end(), each) != kFamilies.end();
      if (family) section_ += (section_.empty() ? "" : ".") + std::string(each);
      add(family ? Kind::family : Kind::name, each.size());
      ++words;
    }
    add(Kind::header_bracket, brackets);
    for (std::size_t at = first; at < found_.size(); ++at) found_[at].section = section_;
  }

  void statement() {
    key_ = text_.substr(at_, word());
    add(Kind::key, key_.size());
    while (skip_blank()) {
    }
    add(Kind::equals, 1);
    while (skip_blank()) {
    }
    value();
  }

  void value() {
    const char c = text_[at_];
    if (c == '[') return list(']', false);
    if (c == '{') return list('}', true);
    if (c == '"' || c == '\'') return text();
    const std::size_t length = std::max<std::size_t>(1, word());
    add(c >= 'a' && c <= 'z' ? Kind::flag : Kind::number, length);
  }

  void list(char close, bool table) {
    const std::size_t open = found_.size();
    add(Kind::bracket, 1);
    std::size_t items = 0;
    std::vector<std::size_t> values;
    while (text_[at_] != close) {
      if (skip_blank()) continue;
      if (text_[at_] == ',') {
        add(Kind::comma, 1);
        continue;
      }
      if (table) {
        add(Kind::inner_key, word());
        while (skip_blank()) {
        }
        add(Kind::equals, 1);
        while (skip_blank()) {
        }
      }
      values.push_back(found_.size());
      value();
      ++items;
    }
    add(Kind::bracket, 1);
    for (std::size_t at = open; at < found_.size(); ++at) found_[at].items = items;
    if (!values.empty()) found_[values.back()].last = true;
  }

  void text() {
    const char quote = text_[at_];
    const bool several = text_.compare(at_, 3, std::string(3, quote)) == 0;
    const std::size_t quotes = several ? 3 : 1;
    const std::size_t end = text_.find(std::string(quotes, quote), at_ + quotes);
    const std::size_t begin = at_ + quotes;
    const std::uint32_t line = line_;
    add(Kind::text, end + quotes - at_);
    std::vector<Token> inner;
    if (key_ == "expr") inner = promql_tokens(text_, begin, end, line);
    if (key_ == "summary") inner = field_tokens(text_, begin, end, line);
    for (Token& token : inner) {
      token.section = section_;
      token.key = key_;
      found_.push_back(std::move(token));
    }
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::string section_;
  std::string key_;
  std::vector<Token> found_;
};

}  // namespace

std::vector<Token> tokens_of(const std::string& text) {
  return Lexer(text).run();
}

}  // namespace tocsin::mutants
