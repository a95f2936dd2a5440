#include "tocsin/expr/dissect.hpp"

#include <utility>

#include "tocsin/expr/evaluator.hpp"
#include "tocsin/expr/unit_of.hpp"

namespace tocsin::expr {
namespace {

class Dissection {
 public:
  Dissection(Evaluator& evaluator, Millis at, const DissectBounds& bounds,
             const Definition& definition)
      : evaluator_(evaluator), at_(at), bounds_(bounds), definition_(definition) {}

  void take(const Expression& expression, std::size_t depth, const std::string& record) {
    const std::string* const outer = std::exchange(text_, &expression.text());
    take(expression.root(), depth, record);
    text_ = outer;
  }

  [[nodiscard]] std::vector<Part> parts() { return std::move(parts_); }

 private:
  void take(const Node& node, std::size_t depth, const std::string& record) {
    const Node& inner = bare(node);
    const bool literal =
        std::holds_alternative<Number>(inner.what) || std::holds_alternative<Text>(inner.what);
    if (parts_.size() >= bounds_.parts || (literal && depth > 0)) return;
    Part part;
    part.depth = depth;
    part.text = on_one_line(std::string_view(*text_).substr(inner.span.offset, inner.span.length));
    part.type = inner.type;
    part.unit = unit_of(inner);
    part.record = record;
    const auto looked = inner.type == ValueType::matrix ? rows(inner, part) : value(inner, part);
    if (!looked) part.error = looked.error().text;
    evaluator_.forget_kept();
    parts_.push_back(std::move(part));
    for (const Node* child : children_of(inner)) take(*child, depth + 1, "");
    const std::string& metric = metric_of(inner);
    if (metric.empty() || !definition_) return;
    if (const Expression* const recorded = definition_(metric)) {
      take(*recorded, depth + 1, metric);
    }
  }

  /// The metric that the node selects, where it is fixed.
  static const std::string& metric_of(const Node& node) {
    static const std::string kNoMetric;
    if (const auto* vector = std::get_if<VectorSelector>(&node.what)) return vector->selector.name;
    const auto* matrix = std::get_if<MatrixSelector>(&node.what);
    return matrix == nullptr ? kNoMetric : matrix->vector.selector.name;
  }

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

  const std::string* text_ = nullptr;  ///< that the nodes in hand are of
  Evaluator& evaluator_;
  Millis at_;
  const DissectBounds& bounds_;
  const Definition& definition_;
  std::vector<Part> parts_;
};

}  // namespace

std::string on_one_line(std::string_view expression) {
  std::string out;
  const auto space = [&out] {
    if (!out.empty() && out.back() != ' ') out += ' ';
  };
  char quote = 0;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    const char c = expression[at];
    if (quote != 0) {
      out += c;
      if (c == '\\' && quote != '`' && at + 1 < expression.size()) {
        out += expression[++at];
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '#') {
      at = std::min(expression.find('\n', at), expression.size()) - 1;
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      space();
    } else {
      if (c == '"' || c == '\'' || c == '`') quote = c;
      out += c;
    }
  }
  if (!out.empty() && out.back() == ' ' && quote == 0) out.pop_back();
  return out;
}

std::vector<Part> dissect(const Expression& expression, const series::Store& store,
                          series::FeedSets& feeds, const Moment& moment,
                          const DissectBounds& bounds, const Definition& definition) {
  const Millis at = moment.at.time_since_epoch().count();
  Evaluator evaluator(store, feeds, moment, {at, at}, bounds.limits);
  Dissection dissection(evaluator, at, bounds, definition);
  dissection.take(expression, 0, "");
  return dissection.parts();
}

}  // namespace tocsin::expr
