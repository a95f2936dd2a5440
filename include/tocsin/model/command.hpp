// A person's word.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/model/severity.hpp"

namespace tocsin {

struct AcknowledgeCommand {
  IncidentId incident;
  std::optional<Duration> lasts;  ///< by default the policy's `ack_expires`
  std::string note;
};
/// An acknowledgement made at a receiver (PagerDuty), found by asking it about a key.
struct AcknowledgedThere {
  std::string receiver;
  std::string dedup_key;
};
struct UnacknowledgeCommand {
  IncidentId incident;
};
struct SilenceCommand {
  std::string matchers;
  Duration lasts{};
  std::string reason;
};
struct EndSilenceCommand {
  SilenceId silence;
};
/// A maintenance window by hand.
struct MaintenanceCommand {
  std::string matchers;
  Duration lasts{};
  std::string reason;
  std::optional<WallTime> begins;  ///< none: now
};
/// One that was made by hand, by its number, or the present occurrence of a configured one, by
/// name.
struct EndMaintenanceCommand {
  std::string which;
};
struct AssessCommand {
  IncidentId incident;
  Impact impact = Impact::low;
};
/// An invented breach of a rule, marked as a drill, through the whole real path.
struct DrillCommand {
  std::string rule;
  Duration lasts{};
};
struct EndDrillCommand {
  std::string rule;
};
/// What a rule's baseline sees now is the new level.
struct AcceptCommand {
  std::string rule;
};
/// What a rule's baseline has learned elsewhere, from a longer past than the daemon's own.
struct LearnCommand {
  std::string rule;
  std::uint64_t meaning = 0;  ///< as LearnedBaseline has them
  std::string state;
  bool replace = false;  ///< also where the daemon knows more
};
/// Something was changed, a deployment for one.
struct ChangeCommand {
  std::string text;
  std::string link;
  std::string concerns;  ///< as Change has them
};
/// A marked test notice straight to a receiver.
struct TestNoticeCommand {
  std::string receiver;
};

struct Command {
  RequestId request;
  std::string by;  ///< who said it; never empty
  std::variant<AcknowledgeCommand, AcknowledgedThere, UnacknowledgeCommand, SilenceCommand,
               EndSilenceCommand, MaintenanceCommand, EndMaintenanceCommand, AssessCommand,
               DrillCommand, EndDrillCommand, AcceptCommand, LearnCommand, ChangeCommand,
               TestNoticeCommand>
      what;
};

/// The answer to a command, given once it is recorded or could not be within two seconds.
struct Reply {
  RequestId request;
  bool accepted = false;
  bool recorded = false;  ///< false with `accepted`: "done, but not recorded": a crash may undo it
  std::string text;       ///< one sentence for the person
  std::uint64_t number = 0;  ///< of the incident, silence or delivery that it is about
  bool unknown = false;      ///< a name was given that nothing has
};

}  // namespace tocsin
