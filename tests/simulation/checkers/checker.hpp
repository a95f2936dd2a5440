// One promise of the engine, watched from outside. A checker sees what the world did, the steps,
// and the receivers' answers; it never looks into the engine, and includes nothing above model/.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "checkers/seen.hpp"

namespace tocsin::simulation {

class Checker {
 public:
  using Report = std::function<void(const std::string& checker, const std::string& text)>;

  explicit Checker(std::string name) : name_(std::move(name)) {}
  virtual ~Checker() = default;
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  /// A configuration is in force from the next event on (at a start and at each reload).
  virtual void configured(const Plan& /*plan*/, Moment) {}
  /// The engine is about to be told of a tick.
  virtual void scraped(const ScrapeSeen& /*scrape*/, Moment) {}
  /// A person or a poll is about to say something.
  virtual void commanded(const Command& /*command*/, Moment) {}
  /// The engine is about to be told of the end of a commit.
  virtual void committed(StepNumber /*step*/, bool /*written*/, Moment) {}
  /// The engine gave a step; its sends begin now.
  virtual void stepped(const StepSeen& /*step*/, Moment) {}
  /// An attempt at a receiver ended; the engine is about to be told, unless a crash came between.
  virtual void attempted(const AttemptSeen& /*attempt*/, Moment) {}
  virtual void stopped(Stop, Moment) {}
  /// A new engine was given these records; `recorded_all`: nothing that acted is missing in them.
  virtual void started(const Records& /*records*/, Moment) {}
  /// Time passed without the engine being able to act (a suspend, a stalled loop).
  virtual void stood_still(Moment) {}
  virtual void wall_stepped(Moment) {}
  /// Once in a minute in which the engine runs.
  virtual void minute(Moment) {}
  /// The end of the week, after its day of fair weather.
  virtual void week_ended(Moment) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  void report_to(Report report) { report_ = std::move(report); }

 protected:
  void violated(const std::string& text) { report_(name_, text); }

 private:
  std::string name_;
  Report report_;
};

}  // namespace tocsin::simulation
