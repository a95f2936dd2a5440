// Label matchers with PromQL's meaning: `{env="production", code=~"5.."}`. A matcher without the
// label sees the empty string; regular expressions are RE2's and match the whole value.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/model/labels.hpp"

namespace tocsin {

enum class MatchOp { equal, not_equal, regex, not_regex };

class Matcher {
 public:
  /// Fails with the regular expression's own error.
  [[nodiscard]] static Result<Matcher> make(std::string label, MatchOp op, std::string value);

  [[nodiscard]] bool matches(std::string_view value) const;
  [[nodiscard]] const std::string& label() const { return label_; }
  [[nodiscard]] MatchOp op() const { return op_; }
  [[nodiscard]] const std::string& value() const { return value_; }
  [[nodiscard]] std::string to_string() const;

 private:
  struct Compiled;
  Matcher() = default;
  std::string label_;
  MatchOp op_ = MatchOp::equal;
  std::string value_;
  std::shared_ptr<const Compiled> compiled_;
};

/// What is wrong with the text of matchers, and at which byte.
struct MatchersFault {
  std::size_t offset = 0;
  std::string text;
};

/// All of them must match. No matcher at all matches everything.
class Matchers {
 public:
  Matchers() = default;
  explicit Matchers(std::vector<Matcher> all) : all_(std::move(all)) {}
  /// `{a="b", c!~"d|e"}`; the braces may be left out.
  [[nodiscard]] static Result<Matchers> parse(std::string_view text);
  /// Why they cannot be parsed; nothing where they can.
  [[nodiscard]] static std::optional<MatchersFault> fault_in(std::string_view text);

  /// `value_of` gives the value of a label by name, "" where there is none.
  [[nodiscard]] bool matches(
      const std::function<std::string_view(std::string_view)>& value_of) const;
  [[nodiscard]] bool matches(const Labels& labels) const;
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] const std::vector<Matcher>& all() const { return all_; }
  [[nodiscard]] std::string to_string() const;

 private:
  std::vector<Matcher> all_;
};

}  // namespace tocsin
