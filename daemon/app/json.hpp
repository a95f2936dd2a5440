// What people and programs are shown, as JSON: the same objects on the control socket, in the API
// and behind `--json`. Times are RFC 3339 in UTC, durations seconds.
#pragma once

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "app/view.hpp"

namespace tocsin::app {

/// JSON is UTF-8; what labels and foreign answers hold may be anything.
[[nodiscard]] boost::json::string text(std::string_view from);
/// JSON has no NaN and no infinity: as text they stay what they are.
[[nodiscard]] boost::json::value or_null(const std::optional<double>& value);
[[nodiscard]] boost::json::value json_of(const Labels& labels);
[[nodiscard]] boost::json::value json_of(const Alert& alert, const engine::Engine& engine);
/// With its alerts and its next step.
[[nodiscard]] boost::json::value json_of(const Incident& incident, const engine::Engine& engine,
                                         Now now);
[[nodiscard]] boost::json::value json_of(const TimelineEntry& entry);
[[nodiscard]] boost::json::value json_of(const Silence& silence, Now now);

[[nodiscard]] boost::json::value status_json(const View& view, Now now);
[[nodiscard]] boost::json::value incidents_json(const engine::Engine& engine, Now now);
[[nodiscard]] boost::json::value alerts_json(const engine::Engine& engine);
[[nodiscard]] boost::json::value changes_json(const engine::Engine& engine);
[[nodiscard]] boost::json::value silences_json(const engine::Engine& engine, Now now);
[[nodiscard]] boost::json::value maintenance_json(const engine::Engine& engine, Now now);

/// How a target answered, for people. An answer may tell of trouble: a probe that was refused.
[[nodiscard]] std::string answer_of(const engine::TargetStatus& target);

/// A value for people: with the unit of its rule.
[[nodiscard]] std::string shown_value(const engine::Engine& engine, const Alert& alert);

}  // namespace tocsin::app
