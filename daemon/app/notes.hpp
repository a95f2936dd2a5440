// What the daemon, which knows its series, notes of expressions that find none: "no series is
// called `x`: did you mean `y`?".
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/config/difference.hpp"
#include "tocsin/engine/engine.hpp"

namespace tocsin::app {

/// Of an expression that somebody asks about.
[[nodiscard]] std::vector<std::string> notes_on(const expr::Expression& expression,
                                                const engine::Engine& engine);

/// An expression that is new, with its rule or record.
struct NewExpression {
  std::string of;  ///< "rule QueueLong"
  expr::Expression expression;
};
[[nodiscard]] std::vector<NewExpression> new_expressions(const config::Difference& changes,
                                                         const config::EngineConfig& next);
/// Where a reload adds one.
[[nodiscard]] bool adds_target(const config::Difference& changes);

/// "rule QueueLong: …", of what is likely a slip: not of what tocsin's own sources give now and
/// then, nor, while a target is still to come, of what it may bring.
[[nodiscard]] std::vector<std::string> notes_on(const std::vector<NewExpression>& expressions,
                                                std::span<const rule::Record> records,
                                                bool target_to_come, const engine::Engine& engine);

/// What `tocsin check --diff` asks: { "expressions": [{of, expr}], "records": [{name, expr}],
/// "target_to_come": false }, answered by { "notes": ["…"] }.
[[nodiscard]] boost::json::object asked_notes(const std::vector<NewExpression>& expressions,
                                              const std::vector<rule::Record>& records,
                                              bool target_to_come);
[[nodiscard]] Result<std::vector<std::string>> answered_notes(const boost::json::object& asked,
                                                              const engine::Engine& engine);

[[nodiscard]] boost::json::array json_of_notes(const std::vector<std::string>& notes);

}  // namespace tocsin::app
