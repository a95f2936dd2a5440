// A world from a seed: a virtual clock, an event queue, the real engine, and around it targets,
// receivers, storage and people with all their faults. Checkers watch every step.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checkers/scene.hpp"
#include "faults.hpp"
#include "plan.hpp"
#include "receiver.hpp"
#include "storage.hpp"
#include "target.hpp"
#include "tocsin/base/random.hpp"
#include "tocsin/engine/engine.hpp"

namespace tocsin::simulation {

struct Options {
  std::uint64_t seed = 0;
  int weeks = 1;
  std::function<void(const std::string&)> trace;  ///< none: nothing is written
};

struct Violation {
  std::string checker;
  std::string text;
  Duration at{};
};

struct Outcome {
  std::optional<Violation> violation;  ///< the first; the world ends there
  std::uint64_t hash = 0;              ///< of all steps
  std::uint64_t steps = 0;
  FaultCounts faults{};
};

class World {
 public:
  explicit World(Options options);
  [[nodiscard]] Outcome run();

 private:
  struct Event {
    Duration at{};
    std::uint64_t order = 0;
    std::uint64_t life = 0;  ///< of the daemon that it belongs to; 0: of the world
    std::function<void()> act;
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  // world.cpp: time, the queue, the daemon's life
  [[nodiscard]] Moment moment() const;
  void at(Duration when, std::function<void()> act);
  void in_life(Duration when, std::function<void()> act);
  void enqueue(Event event);
  [[nodiscard]] Event next_event();
  void start();
  void stop(Stop how, Duration down_for);
  void stand_still(Duration span);
  void minute();
  void step(engine::Step step, const char* why);
  void wake_at(std::optional<BootTime> wake);
  void carry_out(engine::Step& step);
  void attempt(const Delivery& delivery);
  void command(Command command);
  void poll(const engine::AckPoll& poll);
  void commit(StepNumber step, std::vector<Record> records);
  void pump();
  /// Tells every checker what happens now: `call(checker, moment)`.
  template <class Call>
  void each(const Call& call) {
    const Moment here = moment();
    checkers_.each([&](Checker& one) { call(one, here); });
  }
  void hash(const engine::Step& step);
  void trace_step(const engine::Step& step, const char* why);
  void trace(const std::string& line);

  // world_targets.cpp
  void schedule_ticks();
  void tick(std::size_t target, Duration due);
  void trace_scrape(const ScrapeSeen& seen, const Scrape& scrape);

  // world_faults.cpp
  void schedule_weather();
  void recur(Fault fault, Duration mean, std::function<void()> act);
  void count(Fault fault) { ++outcome_.faults[static_cast<std::size_t>(fault)]; }
  void target_faults();
  void receiver_faults();
  void storage_faults();
  void life_faults();
  void clock_faults();
  void reload_faults();
  void reload(Fault how);
  void clear_weather();
  void canary();

  // world_people.cpp
  void schedule_people();
  void people_see(const Incident& incident);
  void person(Fault what);
  [[nodiscard]] IncidentId some_open();
  [[nodiscard]] std::string someone();
  void say(decltype(Command::what) what);

  [[nodiscard]] Duration some(Duration low, Duration high);

  Options options_;
  Random random_;
  Swarm swarm_;
  Outcome outcome_;
  Checkers checkers_;

  Duration now_{};
  Duration end_{};
  Duration fair_from_{};
  bool fair_ = false;
  std::vector<Event> queue_;  ///< a heap, the next event first
  std::uint64_t order_ = 0;
  Duration still_until_{};

  Duration boot_origin_{};
  std::uint64_t boots_ = 1;
  Duration wall_offset_{};
  double drift_ = 0;

  std::deque<Plan> plans_;  // addresses stay
  Plan base_;
  std::vector<SimTarget> targets_;
  std::vector<SimReceiver> receivers_;
  SimStorage storage_;
  bool storage_failing_ = false;
  Duration storage_late_until_{};
  bool pumping_ = false;
  bool crash_soon_ = false;

  std::optional<engine::Engine> engine_;
  std::uint64_t life_ = 0;
  std::optional<BootTime> wake_;
  std::uint64_t wake_generation_ = 0;
  std::uint64_t wakes_at_once_ = 0;
  Duration woke_at_{-1};
  std::uint64_t requests_ = 0;
};

}  // namespace tocsin::simulation
