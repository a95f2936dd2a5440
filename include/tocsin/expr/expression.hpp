// A PromQL expression, parsed and type-checked: immutable, cheap to copy.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/expr/ast.hpp"

namespace tocsin::expr {

/// What is wrong, and where in the text: bytes from its start.
struct ParseError {
  std::size_t offset = 0;
  std::size_t length = 1;
  std::string message;  ///< what is wrong and what was expected
  std::string hint;     ///< what was probably meant, or ""
};

class Expression {
 public:
  Expression() = default;
  [[nodiscard]] static tl::expected<Expression, ParseError> parse(std::string_view text);

  [[nodiscard]] const Node& root() const { return *root_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] ValueType type() const { return root_->type; }
  /// The longest span of the past that it reads, from the evaluation time back: ranges, subqueries
  /// and offsets added up along each path; 0 for instant selectors without offset.
  [[nodiscard]] Duration reach() const { return reach_; }
  /// The shortest range in it ([2m] is 2m), or 0 where it has none.
  [[nodiscard]] Duration shortest_range() const { return shortest_range_; }
  /// Metric names that its selectors ask for; "" stands for a selector without a fixed name.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Whether one of its selectors can match series of that metric's name.
  [[nodiscard]] bool may_read(std::string_view metric) const;

 private:
  std::shared_ptr<const Node> root_;
  std::string text_;
  Duration reach_{};
  Duration shortest_range_{};
  std::vector<std::string> names_;
};

}  // namespace tocsin::expr
