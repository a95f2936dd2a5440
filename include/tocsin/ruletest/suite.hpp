// Rule unit tests as values: what the world does in each, and what must come of it. Times count
// from a test's first tick.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/config/engine_config.hpp"
#include "tocsin/config/ir.hpp"
#include "tocsin/model/alert.hpp"
#include "tocsin/model/notice.hpp"

namespace tocsin::ruletest {

/// One value a tick of its target; none where the answer lacks the series.
struct ScriptedSeries {
  std::string text;  ///< `name{label="value"}`
  std::vector<std::optional<double>> values;
};

struct Outage {
  Duration from{};
  std::optional<Duration> until;  ///< it answers again then; none: never
};

struct ScriptedTarget {
  std::string name;
  std::vector<ScriptedSeries> series;
  std::vector<Outage> outages;
};

struct PersonSays {
  enum class What { ack, unack, silence, assess } what = What::ack;
  config::Place place;
  Duration at{};
  std::string by;
  std::string about;  ///< the rule whose incident it is, or a silence's matchers
  std::optional<Duration> lasts;
  std::string note;
  Impact impact = Impact::low;
};

struct ExpectedAlert {
  config::Place place;
  Duration at{};
  std::string rule;
  Labels labels;  ///< those that must be there; others may
  AlertState state = AlertState::inactive;
  std::optional<Severity> severity;
  std::optional<double> value;
  std::optional<std::string> summary;
  std::optional<bool> no_data;
  std::optional<std::size_t> count;  ///< of alerts that are so; by default one or more
};

struct ExpectedNotice {
  config::Place place;
  Duration at{};
  std::string to;
  NoticeKind kind = NoticeKind::opened;
  std::optional<int> level;
  std::optional<std::string> rule;
  std::optional<Severity> severity;
  std::optional<std::string> title;
};

struct Test {
  std::string name;
  config::Place place;
  WallTime start;
  Duration until{};  ///< the end of the run
  std::vector<ScriptedTarget> targets;
  std::vector<PersonSays> commands;
  std::vector<ExpectedAlert> alerts;
  std::optional<std::vector<ExpectedNotice>>
      notices;  ///< all that is told; none: it does not matter
  config::Place notices_place;
};

struct Suite {
  std::string file;
  std::vector<config::File> files;  ///< for excerpts
  config::EngineConfig config;
  std::vector<Test> tests;
};

}  // namespace tocsin::ruletest
