// What an event makes the engine want: the only thing that ever comes out of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/model/command.hpp"
#include "tocsin/model/delivery.hpp"
#include "tocsin/model/record.hpp"

namespace tocsin::engine {

/// Asks a receiver whether any of these keys was acknowledged there; the answer comes back as a
/// command.
struct AckPoll {
  std::string receiver;
  std::vector<std::string> dedup_keys;
};

/// What a log line is about, so that it is found by that; what is empty does not apply.
struct LogSubject {
  IncidentId incident{};
  std::string rule{};
  std::string receiver{};
  std::string target{};
};

struct LogLine {
  /// `emergency`: people had to be told and could not; the log is all that is left.
  enum class Level { info, warning, error, emergency } level = Level::info;
  std::string text;
  LogSubject about;
};

struct Step {
  StepNumber number;
  /// To be committed as one transaction, then `committed` is to be called. Empty: nothing to
  /// commit, and no `committed` is expected.
  std::vector<Record> records;
  /// To be sent now: their records are committed, or two seconds have passed.
  std::vector<Delivery> send;
  std::vector<AckPoll> polls;
  std::vector<Reply> replies;
  std::vector<LogLine> log;
  /// When to call `woke`; none: nothing falls due.
  std::optional<BootTime> wake;
};

}  // namespace tocsin::engine
