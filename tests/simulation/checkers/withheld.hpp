// Which instances are withheld: by a silence, or because a cause fires. Again two bounds: what is
// surely withheld must be told to nobody; what cannot be withheld must be told.
#pragma once

#include <map>
#include <vector>

#include "checkers/ledger.hpp"
#include "checkers/truth.hpp"

namespace tocsin::simulation {

class Withheld : public Checker {
 public:
  Withheld(const Ledger& ledger, const Truth& truth)
      : Checker("withheld"), ledger_(ledger), truth_(truth) {}

  void stepped(const StepSeen& step, Moment moment) override;
  void started(const Records& records, Moment moment) override;
  void stopped(Stop stop, Moment moment) override;
  void minute(Moment moment) override;

  [[nodiscard]] bool surely(const Instance& one, Moment moment) const;
  /// The same, by one and the same thing, since a time that lies before.
  [[nodiscard]] bool surely_since(const Instance& one, Duration since, Moment moment) const;
  [[nodiscard]] bool maybe(const Instance& one, Moment moment) const;
  /// Since when it surely was not withheld; none while it may be.
  [[nodiscard]] std::optional<Duration> free_since(const Instance& one) const;

 private:
  struct Known {
    Matchers matchers;
    Duration created{};
    Duration until{};
    bool vague = false;  ///< a reboot or a step of the calendar came between
    bool ended = false;
    Duration ended_at{};
  };
  [[nodiscard]] bool flaps(const Instance& cause) const;
  [[nodiscard]] bool caused(const Instance& one, Moment moment) const;
  [[nodiscard]] std::vector<const Instance*> causes(const Instance& one) const;
  void take(const Silence& silence, Moment moment);

  const Ledger& ledger_;
  const Truth& truth_;
  std::map<std::uint64_t, Known> silences_;
  std::map<const Instance*, Duration> maybe_until_;
};

}  // namespace tocsin::simulation
