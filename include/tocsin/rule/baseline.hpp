// What is normal at this time of the week, learned as it streams by, and whether what is seen is
// less (drop) or more (rise) than chance explains.
//
//   bucket ──▶ expectation: shape of the week × level ──▶ windows of 2, 3, 4 … buckets ──▶ surprise
//                  ▲                                                                         │
//                  └── hour by hour, late, clean hours only ◀── tainted while it alarms ◀────┘
//
// Pure, streaming and bounded: under 100 KB, about a microsecond a bucket. One bucket is one
// evaluation: the number of events since the last one. Times must not go back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"
#include "tocsin/rule/baseline_tuning.hpp"
#include "tocsin/rule/dispersion.hpp"
#include "tocsin/rule/level.hpp"
#include "tocsin/rule/surprise.hpp"
#include "tocsin/rule/week_shape.hpp"

namespace tocsin::rule {

/// What the newest bucket, and those before it, mean.
struct BaselineView {
  enum class State {
    learning,   ///< too little history: silent
    irregular,  ///< wavers so much that nothing can be told from chance: silent
    well,
    alarm,
  } state = State::learning;
  bool judged = false;  ///< this bucket had an expectation
  double expected = 0;  ///< of the bucket
  double sd = 0;        ///< of the bucket about it
  double lower = 0;     ///< the band within which chance keeps it, at the rule's budget
  double upper = 0;
  // The window that is the most surprising, or, in an alarm, the one that raised it and all since:
  double seen = 0;
  double seen_expected = 0;
  double seen_sd = 0;
  int buckets = 0;
  double surprise = 0;  ///< -ln of its chance
};

/// A bucket that is past: NaN where nothing was known or expected of it.
struct BaselinePoint {
  double value = 0;
  double expected = 0;
  double lower = 0;
  double upper = 0;
};

class Baseline {
 public:
  explicit Baseline(const BaselineTuning& tuning);

  enum class Teach { yes, no };
  /// The bucket that ended at `at`. NaN: nothing is known of it. `Teach::no`: judged, never learned
  /// from (silenced, maintained).
  /// With `of` the value is a part of it (errors of requests), and the usual ratio is learned.
  BaselineView observe(WallTime at, const TimeZone& zone, double value, Teach teach = Teach::yes,
                       std::optional<double> of = std::nullopt);
  /// The same without a word about it, to load history.
  void learn(WallTime at, const TimeZone& zone, double value) { observe(at, zone, value); }
  /// What is seen now is the new level: ends an alarm.
  void accept();
  /// Ends an alarm without a word about what raised it: it is judged anew from the next bucket on.
  void dismiss();

  /// Another `by`, budget or acceptance; side, bucket and kind stay what they are.
  void retune(const BaselineTuning& tuning);

  [[nodiscard]] const BaselineView& view() const { return view_; }
  /// The last `count` buckets, oldest first; fewer where it has seen fewer or keeps no more.
  [[nodiscard]] std::vector<BaselinePoint> recent(std::size_t count) const;
  /// Time that it has known the series for, and of which buckets have taught it.
  [[nodiscard]] Duration known_for() const;
  [[nodiscard]] Duration learned() const;
  /// The end of its newest bucket; none where it has seen none.
  [[nodiscard]] std::optional<WallTime> newest() const;
  /// It says nothing before the first; from the second on it knows the time of the week.
  [[nodiscard]] static Duration silent_for() { return std::chrono::hours(2 * 24); }
  [[nodiscard]] static Duration needed() { return std::chrono::hours(7 * 24); }
  /// From hour to hour it wavers by more than what the rule wants to tell.
  [[nodiscard]] bool irregular() const;
  /// Whatever it has learned was 0.
  [[nodiscard]] bool expects_nothing() const { return !shape_.has_events(); }
  [[nodiscard]] const Dispersion& dispersion() const { return dispersion_; }
  /// In bytes.
  [[nodiscard]] std::size_t footprint() const;
  /// All that it knows, as text (base64), and back; false where the text is of another layout or
  /// bucket, or no state that learning can have led to: it then begins anew.
  [[nodiscard]] std::string save() const;
  [[nodiscard]] bool load(std::string_view text);

 private:
  struct Bucket {
    float value = 0;
    float expected = 0;  ///< 0: was not judged
    float level = 1;     ///< that is in it
    float of = 1;        ///< what the shape is a share of: a slot, or what the value is a part of
    float variance = 0;  ///< chance alone
    float slow = 0;      ///< relative variance of the hour
    float error = 0;     ///< of the shape: its variance over the mean, by smoothing
    std::int16_t slots = 1;  ///< buckets over which that error is one and the same
    std::uint8_t weeks = 0;  ///< that knew the shape
    bool known = false;
    bool clean = false;  ///< may teach
  };
  struct Window {
    double seen = 0;
    double expected = 0;
    double variance = 0;
    int buckets = 0;
    double surprise = 0;
  };

  [[nodiscard]] std::size_t slot_of(WallTime at, const TimeZone& zone) const;
  [[nodiscard]] Bucket& at(std::int64_t serial) {
    return ring_[static_cast<std::size_t>(serial) % ring_.size()];
  }
  [[nodiscard]] const Bucket& at(std::int64_t serial) const {
    return ring_[static_cast<std::size_t>(serial) % ring_.size()];
  }
  void advance_to(std::int64_t serial);
  void expect(Bucket& bucket, std::size_t slot);
  [[nodiscard]] static double sd_of(const Bucket& bucket);
  void judge(Bucket& bucket);
  void note_reach(const Bucket& bucket);
  template <class Field>
  void each_field(Field&& field);
  [[nodiscard]] bool is_plausible() const;
  /// Buckets between what is judged and what is learned from.
  [[nodiscard]] std::int64_t learns_late() const;
  void commit_hours(const TimeZone& zone);
  void commit_hour(std::int64_t first, const TimeZone& zone);
  void learn_shape(std::int64_t first, const TimeZone& zone);
  [[nodiscard]] double level_about(std::int64_t serial) const;
  [[nodiscard]] double unsettled_by_alarm() const;
  [[nodiscard]] std::optional<Window> worst() const;
  [[nodiscard]] bool beyond(double seen, double expected, double by) const;
  void raise(const Window& window);
  void consider_clearing();
  [[nodiscard]] double threshold() const;
  [[nodiscard]] std::int64_t per_day() const;
  [[nodiscard]] std::int64_t per_hour() const;
  /// The first bucket of the first whole hour that does not begin before this one.
  [[nodiscard]] std::int64_t hour_from(std::int64_t serial) const;

  BaselineTuning tuning_;
  std::int64_t per_slot_;  ///< buckets
  WeekShape shape_;
  Dispersion dispersion_;
  Level level_;
  std::vector<Bucket> ring_;
  std::int64_t now_ = 0;        ///< serial of the newest bucket; 0: none yet
  std::int64_t committed_ = 0;  ///< the first bucket that has not been learned from
  std::int64_t shaped_ = 0;     ///< the first bucket that the shape has not taken
  std::int64_t barrier_ = 0;    ///< windows reach back to here
  std::int64_t reach_ = 0;      ///< of the longest window in use, in buckets
  double clean_buckets_ = 0;
  std::int64_t first_ = 0;  ///< serial of the first bucket ever
  // Alarm:
  bool alarm_ = false;
  std::int64_t alarm_from_ = 0;  ///< its first bucket
  std::int64_t raised_ = 0;
  double evidence_ = 0;  ///< that it is over
  Window raised_by_;
  double scale_ = 1;  ///< of a gauge: what its values are multiplied by
  BaselineView view_;
};

}  // namespace tocsin::rule
