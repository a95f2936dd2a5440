#include "app/notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/json.hpp"
#include "loop/clock.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/engine/unmatched.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostNotes = 20;  ///< of one reload, which the loop waits for

bool has_new_expression(const config::Change& change) {
  return change.what == config::Change::What::added || change.says_anew("expr");
}

template <class Named>
void add_named(std::vector<NewExpression>& to, const config::Change& change,
               const std::vector<Named>& all) {
  for (const Named& each : all)
    if (each.name == change.name)
      to.push_back({printable(change.kind + " " + change.name), each.expression});
}

bool any_unanswered(const engine::Engine& engine) {
  const engine::Status status = engine.status(loop::now());
  return std::any_of(status.targets.begin(), status.targets.end(),
                     [](const auto& target) { return !target.answered; });
}

struct Asked {
  std::string name;
  expr::Expression expression;
};

Result<std::vector<Asked>> asked_of(const json::object& body, std::string_view member,
                                    std::string_view name) {
  const auto malformed = fail(ErrorCode::invalid, fmt::format("`{}` is malformed", member));
  const json::value* const all = body.if_contains(member);
  if (all == nullptr || !all->is_array()) return malformed;
  std::vector<Asked> out;
  for (const json::value& each : all->get_array()) {
    if (!each.is_object()) return malformed;
    const json::value* const called = each.get_object().if_contains(name);
    const json::value* const written = each.get_object().if_contains("expr");
    if (called == nullptr || !called->is_string()) return malformed;
    if (written == nullptr || !written->is_string()) return malformed;
    auto expression = expr::Expression::parse(std::string_view(written->get_string()));
    if (!expression) return malformed;
    out.push_back({std::string(called->get_string()), *std::move(expression)});
  }
  return out;
}

}  // namespace

std::vector<std::string> notes_on(const expr::Expression& expression,
                                  const engine::Engine& engine) {
  std::vector<std::string> notes;
  for (engine::Unmatched& each :
       engine::unmatched(expression, engine.store(), engine.config().records))
    notes.push_back(std::move(each.says));
  return notes;
}

std::vector<NewExpression> new_expressions(const config::Difference& changes,
                                           const config::EngineConfig& next) {
  std::vector<NewExpression> found;
  for (const config::Change& change : changes.changes) {
    if (!has_new_expression(change)) continue;
    if (change.kind == "rule") add_named(found, change, next.rules);
    if (change.kind == "record") add_named(found, change, next.records);
  }
  return found;
}

bool adds_target(const config::Difference& changes) {
  return std::any_of(changes.changes.begin(), changes.changes.end(), [](const auto& change) {
    return change.kind == "target" && change.what == config::Change::What::added;
  });
}

std::vector<std::string> notes_on(const std::vector<NewExpression>& expressions,
                                  std::span<const rule::Record> records, bool target_to_come,
                                  const engine::Engine& engine) {
  const bool may_come = target_to_come || any_unanswered(engine);
  std::vector<std::string> notes;
  for (const NewExpression& each : expressions) {
    for (const engine::Unmatched& one :
         engine::unmatched(each.expression, engine.store(), records)) {
      if (one.meant.empty() && (one.known || may_come)) continue;
      if (notes.size() == kMostNotes) return notes;
      notes.push_back(fmt::format("{}: {}", each.of, one.says));
    }
  }
  return notes;
}

json::object asked_notes(const std::vector<NewExpression>& expressions,
                         const std::vector<rule::Record>& records, bool target_to_come) {
  json::object out;
  json::array asked;
  for (const NewExpression& each : expressions)
    asked.push_back(json::object{{"of", text(each.of)}, {"expr", text(each.expression.text())}});
  out["expressions"] = std::move(asked);
  json::array known;
  for (const rule::Record& each : records)
    known.push_back(
        json::object{{"name", text(each.name)}, {"expr", text(each.expression.text())}});
  out["records"] = std::move(known);
  out["target_to_come"] = target_to_come;
  return out;
}

Result<std::vector<std::string>> answered_notes(const json::object& asked,
                                                const engine::Engine& engine) {
  auto expressions = asked_of(asked, "expressions", "of");
  if (!expressions) return tl::unexpected(expressions.error());
  auto known = asked_of(asked, "records", "name");
  if (!known) return tl::unexpected(known.error());
  const json::value* const target_to_come = asked.if_contains("target_to_come");
  std::vector<NewExpression> all;
  for (Asked& each : *expressions)
    all.push_back({printable(each.name), std::move(each.expression)});
  std::vector<rule::Record> records;
  for (Asked& each : *known)
    records.push_back({std::move(each.name), std::move(each.expression), {}, {}});
  return notes_on(all, records, target_to_come != nullptr && *target_to_come == true, engine);
}

json::array json_of_notes(const std::vector<std::string>& notes) {
  json::array out;
  for (const std::string& note : notes) out.push_back(text(note));
  return out;
}

}  // namespace tocsin::app
