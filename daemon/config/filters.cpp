#include "filters.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "expressions.hpp"
#include "fields.hpp"
#include "tocsin/expr/ast.hpp"
#include "tocsin/expr/functions.hpp"

namespace tocsin::config {
namespace {

using Records = std::map<std::string_view, const expr::Node*>;

bool is_comparison(expr::BinaryOp op) {
  switch (op) {
    case expr::BinaryOp::equal:
    case expr::BinaryOp::not_equal:
    case expr::BinaryOp::greater:
    case expr::BinaryOp::less:
    case expr::BinaryOp::greater_equal:
    case expr::BinaryOp::less_equal:
      return true;
    default:
      return false;
  }
}

/// Whether something in it makes series come and go: a comparison, `and`, `unless`, topk, absent();
/// also in a record that it reads. With `bool` a comparison leaves nothing out. Records do not read
/// one another in a circle.
bool chooses(const expr::Node& node, const Records& records) {
  if (const auto* binary = std::get_if<expr::Binary>(&node.what)) {
    if (is_comparison(binary->op) && !binary->as_bool) return true;
    if (binary->op == expr::BinaryOp::both || binary->op == expr::BinaryOp::unless) return true;
  }
  if (const auto* aggregate = std::get_if<expr::Aggregate>(&node.what)) {
    if (aggregate->op == expr::AggregateOp::topk || aggregate->op == expr::AggregateOp::bottomk)
      return true;
  }
  if (const auto* call = std::get_if<expr::Call>(&node.what)) {
    const std::string_view name = call->function->name;
    if (name == "absent" || name == "absent_over_time") return true;
  }
  if (const auto* selector = std::get_if<expr::VectorSelector>(&node.what)) {
    const auto record = records.find(selector->selector.name);
    if (record != records.end() && chooses(*record->second, records)) return true;
  }
  const auto below = expr::children_of(node);
  return std::any_of(below.begin(), below.end(),
                     [&](const expr::Node* child) { return chooses(*child, records); });
}

}  // namespace

void check_filters(const std::vector<ReadRecord>& records, const std::vector<ReadRule>& rules,
                   Report& report) {
  Records known;
  for (const ReadRecord& read : records)
    known.emplace(read.record.name, &read.record.expression.root());
  for (const ReadRule& read : rules) {
    if (!read.parsed || read.rule.threshold || read.rule.normal) continue;
    if (report.input().files[read.place.file].pack) continue;
    if (chooses(read.rule.expression.root(), known)) continue;
    const Value* text = expression_text(Fields("rule.*", read.tables, read.place));
    if (text == nullptr) continue;
    report.warning(text->within(0, text->text.size()),
                   "without a threshold whatever this measures fires, well or not",
                   "say above = or below =, or compare in it, as with > 0");
  }
}

}  // namespace tocsin::config
