// The naive clock of every incident: how long it has climbed, at least and at most, who was told
// of which level, and who has acknowledged. Worked out from what happened, never from the clock
// that the incident's own record carries.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkers/ledger.hpp"
#include "checkers/truth.hpp"
#include "checkers/withheld.hpp"

namespace tocsin::simulation {

/// An open that was made for one receiver.
struct Telling {
  DeliveryId delivery;
  StepNumber step;
  std::string receiver;
  int level = 1;
  Duration at{};
  NoticeKind kind = NoticeKind::opened;
  bool wakes = false;
  bool stand_in = false;
};

struct Climbing {
  IncidentId id;
  Duration opened{};
  bool open = true;
  bool storm = false;
  Duration lower{};  ///< elapsed at `mark`, at least
  Duration upper{};  ///< and at most
  Duration mark{};
  bool free = false;     ///< at `mark`, something of it was surely not withheld
  bool stirred = false;  ///< since then, an instance came, left or changed
  bool acknowledged = false;
  Duration acknowledged_at{};
  Duration acknowledged_until{};
  Severity acknowledged_severity = Severity::warning;
  StepNumber acknowledged_in;
  Duration until_before{};  ///< of the acknowledgement that this one took the place of
  Duration free_at{};       ///< when the last acknowledgement ended
  bool vague = false;       ///< a crash or the calendar took away what its clock hung on
  Duration reopened{};      ///< or opened
  Duration closed{};
  int level_before = 0;           ///< told before it closed and was opened again
  std::vector<Telling> tellings;  ///< since the open or the last reopening
  /// Those before that, for a start that knows nothing of a step that began anew.
  std::vector<std::pair<StepNumber, std::vector<Telling>>> earlier;

  [[nodiscard]] bool runs() const { return open && !acknowledged; }
  [[nodiscard]] Duration at_least(Moment moment) const;
  [[nodiscard]] Duration at_most(Moment moment) const;
  [[nodiscard]] int level() const;
  [[nodiscard]] const Telling* last_to(const std::string& receiver, int level) const;
};

class Climb : public Checker {
 public:
  Climb(const Ledger& ledger, const Truth& truth, const Withheld& withheld)
      : Checker("climb"), ledger_(ledger), truth_(truth), withheld_(withheld) {}

  void stepped(const StepSeen& step, Moment moment) override;
  void stopped(Stop stop, Moment moment) override;
  void started(const Records& records, Moment moment) override;
  void minute(Moment moment) override;

  [[nodiscard]] const Climbing* find(IncidentId id) const;

 private:
  void change(const IncidentChange& change, StepNumber step, Moment moment);
  void begin_anew(Climbing& one, StepNumber step);
  void acknowledgement(Climbing& one, const Incident& now, StepNumber step, Moment moment);
  void hold(Climbing& one, Moment moment);
  [[nodiscard]] std::vector<const Instance*> members(const Climbing& one) const;
  [[nodiscard]] bool free(const Climbing& one, Moment moment) const;
  [[nodiscard]] bool shut(const Climbing& one, Moment moment) const;
  [[nodiscard]] Duration due_of_last(const Climbing& one, const Incident& now) const;

  const Ledger& ledger_;
  const Truth& truth_;
  const Withheld& withheld_;
  std::map<std::uint64_t, Climbing> climbing_;
  bool calendar_moved_ = false;
};

}  // namespace tocsin::simulation
