// What the engine did when the past was replayed to it.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/model/notice.hpp"
#include "tocsin/model/record.hpp"
#include "tocsin/model/severity.hpp"

namespace tocsin::backtest {

/// One ring at one receiver.
struct Ring {
  WallTime at;
  std::string receiver;
  int level = 1;
  bool wakes = false;
  NoticeKind kind = NoticeKind::opened;
};

/// One incident.
struct Episode {
  IncidentId id;
  std::string policy;
  std::string group_key;
  std::set<std::string> rules;
  std::set<Labels> instances;  ///< the first of them, bounded
  std::size_t instances_total = 0;
  WallTime opened;                 ///< before what is counted, where it was open already
  std::optional<WallTime> closed;  ///< none: open at the end
  std::string close_reason;
  Severity severity = Severity::info;  ///< the worst
  bool storm = false;
  std::vector<Ring> rings;  ///< none: nobody was told

  [[nodiscard]] bool paged() const { return !rings.empty(); }
  [[nodiscard]] Duration lasted(WallTime end) const { return closed.value_or(end) - opened; }
};

/// From firing to well, of one instance.
struct Firing {
  std::string rule;
  Labels labels;
  WallTime from;
  std::optional<WallTime> to;  ///< none: fires at the end
};

/// What a rule had to complain of, put together by its words.
struct Trouble {
  std::string rule;
  std::string text;
  WallTime at;  ///< first
  std::size_t times = 1;
};

/// A time at which nothing at all was measured.
struct Absence {
  WallTime from;
  WallTime to;
};

struct RuleCourse {
  std::string rule;
  bool found_series = false;  ///< at some evaluation
  std::string error;          ///< of its last evaluation, or ""
};

struct Outcome {
  WallTime from;  ///< of what is counted: the first tick at or after what was asked for
  WallTime to;    ///< of the last tick
  std::vector<Episode> episodes;  ///< that were open from then on, as they opened
  std::vector<Firing> firings;    ///< the part of each from then on, as they ended
  std::vector<RuleCourse> rules;
  std::vector<Absence> absences;
  std::vector<LearnedBaseline> baselines;  ///< at the end
  std::vector<Trouble> troubles;           ///< of rules, as they began
  std::size_t scrapes = 0;
  std::size_t samples = 0;
  std::size_t off_grid = 0;  ///< ticks that came too close upon another
};

}  // namespace tocsin::backtest
