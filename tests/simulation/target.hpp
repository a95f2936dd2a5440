// A simulated target: its metrics go well and bad by themselves, and it answers, or fails to, as
// the weather says. The world knows each true value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkers/seen.hpp"
#include "faults.hpp"
#include "tocsin/base/random.hpp"
#include "tocsin/model/scrape.hpp"

namespace tocsin::simulation {

enum class Answering { well, down, times_out, garbage, slow };

class SimTarget {
 public:
  SimTarget(const TargetPlan& plan, Random random, const Swarm& swarm);

  /// What a scrape at this time gives; also how long it takes.
  void scrape(Duration at, Scrape& scrape, ScrapeSeen& seen);
  void fail(Answering how, Duration until) { how_ = how, how_until_ = until; }
  /// One of its series is not given until then.
  void lose_series(Duration until);
  /// Its counters start anew.
  void reset_counters();
  /// So many of its disks, or one metric where it has none, go bad together.
  void go_bad(std::size_t how_many, Duration at, Duration until);
  /// Everything is well from now on, and answers.
  void calm(Duration at);
  [[nodiscard]] const TargetPlan& plan() const { return plan_; }
  /// How many of its troubles came and went by turns so far.
  [[nodiscard]] std::uint64_t flaps() const { return flaps_; }

 private:
  struct Series {
    std::size_t metric = 0;
    int disk = -1;
    int condition = 0;  ///< 0 good, 1 between, 2 bad, 3 very bad, and the edges: see value_of
    Duration next{};    ///< when its condition changes
    Duration bad_until{};
    bool flaps = false;
    double counter = 0;
    Duration gone_until{};
  };

  void live(Series& series, Duration at);
  void turn(Series& series, Duration at);
  [[nodiscard]] double value_of(const Series& series) const;

  TargetPlan plan_;
  Random random_;
  bool may_flap_ = false;
  std::uint64_t flaps_ = 0;
  bool calm_ = false;
  Answering how_ = Answering::well;
  Duration how_until_{};
  Duration last_{};
  std::vector<Series> series_;
  std::vector<SampleSeen> samples_;
};

}  // namespace tocsin::simulation
