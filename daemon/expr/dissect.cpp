#include "tocsin/expr/dissect.hpp"

#include <utility>

#include "tocsin/expr/evaluator.hpp"
#include "tocsin/expr/unit_of.hpp"

namespace tocsin::expr {
namespace {

class Dissection {
 public:
  Dissection(const Expression& expression, Evaluator& evaluator, Millis at,
             const DissectBounds& bounds)
      : text_(expression.text()), evaluator_(evaluator), at_(at), bounds_(bounds) {}

  void take(const Node& node, std::size_t depth) {
    const Node& inner = bare(node);
    const bool literal =
        std::holds_alternative<Number>(inner.what) || std::holds_alternative<Text>(inner.what);
    if (parts_.size() >= bounds_.parts || (literal && depth > 0)) return;
    Part part;
    part.depth = depth;
    part.text = text_.substr(inner.span.offset, inner.span.length);
    part.type = inner.type;
    part.unit = unit_of(inner);
    const auto looked = inner.type == ValueType::matrix ? rows(inner, part) : value(inner, part);
    if (!looked) part.error = looked.error().text;
    evaluator_.forget_kept();
    parts_.push_back(std::move(part));
    for (const Node* child : children_of(inner)) take(*child, depth + 1);
  }

  [[nodiscard]] std::vector<Part> parts() { return std::move(parts_); }

 private:
  Result<void> value(const Node& node, Part& part) {
    auto result = evaluator_.evaluate(node, at_);
    if (!result) return tl::unexpected<Error>(std::move(result.error()));
    if (node.type == ValueType::scalar) {
      part.value = result->scalar;
    } else if (node.type == ValueType::string) {
      part.value = std::move(result->text);
    } else {
      part.count = result->items.size();
      Vector first;
      for (const Item& item : result->items) {
        if (first.size() == bounds_.elements) break;
        first.push_back({item.labels.copy(), item.value, item.feeds});
      }
      part.value = std::move(first);
    }
    return {};
  }

  Result<void> rows(const Node& node, Part& part) {
    Window window;
    return evaluator_.rows(node, at_, window, [&](const Row& row) {
      ++part.count;
      part.samples += row.samples.size();
    });
  }

  const std::string& text_;
  Evaluator& evaluator_;
  Millis at_;
  const DissectBounds& bounds_;
  std::vector<Part> parts_;
};

}  // namespace

std::vector<Part> dissect(const Expression& expression, const series::Store& store,
                          series::FeedSets& feeds, const Moment& moment,
                          const DissectBounds& bounds) {
  const Millis at = moment.at.time_since_epoch().count();
  Evaluator evaluator(store, feeds, moment, {at, at}, bounds.limits);
  Dissection dissection(expression, evaluator, at, bounds);
  dissection.take(expression.root(), 0);
  return dissection.parts();
}

}  // namespace tocsin::expr
