#include "tocsin/model/matcher.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace tocsin {

struct Matcher::Compiled {
  explicit Compiled(const std::string& expression) : regex(expression, options()) {}

  static RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);  // as Prometheus: a label's value is one text, whatever is in it
    return options;
  }

  RE2 regex;
};

Result<Matcher> Matcher::make(std::string label, MatchOp op, std::string value) {
  Matcher matcher;
  matcher.label_ = std::move(label);
  matcher.op_ = op;
  matcher.value_ = std::move(value);
  if (op == MatchOp::regex || op == MatchOp::not_regex) {
    const auto compiled = std::make_shared<const Compiled>(matcher.value_);
    if (!compiled->regex.ok()) {
      return fail(ErrorCode::invalid, fmt::format("\"{}\" is no regular expression: {}",
                                                  matcher.value_, compiled->regex.error()));
    }
    matcher.compiled_ = compiled;
  }
  return matcher;
}

bool Matcher::matches(std::string_view value) const {
  switch (op_) {
    case MatchOp::equal:
      return value == value_;
    case MatchOp::not_equal:
      return value != value_;
    case MatchOp::regex:
      return RE2::FullMatch({value.data(), value.size()}, compiled_->regex);
    case MatchOp::not_regex:
      return !RE2::FullMatch({value.data(), value.size()}, compiled_->regex);
  }
  return false;
}

std::string Matcher::to_string() const {
  std::string text = label_;
  switch (op_) {
    case MatchOp::equal:
      text += "=\"";
      break;
    case MatchOp::not_equal:
      text += "!=\"";
      break;
    case MatchOp::regex:
      text += "=~\"";
      break;
    case MatchOp::not_regex:
      text += "!~\"";
      break;
  }
  for (const char c : value_) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text + '"';
}

bool Matchers::matches(const std::function<std::string_view(std::string_view)>& value_of) const {
  return std::all_of(all_.begin(), all_.end(), [&](const Matcher& matcher) {
    return matcher.matches(value_of(matcher.label()));
  });
}

bool Matchers::matches(const Labels& labels) const {
  return std::all_of(all_.begin(), all_.end(), [&](const Matcher& matcher) {
    return matcher.matches(labels.get(matcher.label()));
  });
}

std::string Matchers::to_string() const {
  std::string text = "{";
  for (const Matcher& matcher : all_) {
    if (text.size() > 1) text += ',';
    text += matcher.to_string();
  }
  return text + '}';
}

}  // namespace tocsin
