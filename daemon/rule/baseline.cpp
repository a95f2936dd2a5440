#include "tocsin/rule/baseline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tocsin::rule {
namespace {

constexpr Duration kDay = std::chrono::hours(24);
constexpr Duration kHour = std::chrono::hours(1);
constexpr Duration kSlot = std::chrono::minutes(5);
/// A drop is told from chance over as many buckets as it takes; the long ones only where few events
/// are expected.
constexpr std::array kWindows{2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,
                              14,  15,  17,  19,  21,  24,  27,  30,  34,  38,  43,  48,
                              54,  60,  68,  76,  86,  96,  108, 121, 136, 152, 171, 192,
                              215, 241, 270, 303, 340, 381, 428, 480, 576};
constexpr int kShortest = 2;  ///< a restart loses a part of one bucket
constexpr int kAlwaysUsed = 12;
constexpr double kFewEvents = 300;      ///< times phi: longer windows only while they hold fewer
constexpr double kTellingEvents = 100;  ///< times phi: most drops have shown by then
constexpr double kEarlySlow = 0.35 * 0.35;
constexpr double kUnsettled = 0.01;  ///< relative variance, just after an alarm
constexpr double kCleared = 1.6;     ///< evidence, as a log likelihood ratio
constexpr double kOwnLevel = 0.6;
/// What the overlapping windows of one bucket are worth, and that the spread is itself an estimate.
constexpr double kLooks = 3.4;
constexpr double kRest =
    0.75;  ///< of a window's surprise, by share, that no bucket of it may carry
constexpr double kIrregular = 0.38;      ///< relative, from hour to hour
constexpr double kGaugeEvents = 10'000;  ///< what a gauge's first value stands for
constexpr double kBand = 3;              ///< standard deviations

std::int64_t per_slot(Duration bucket) {
  std::int64_t count = std::max<std::int64_t>(1, (kSlot + bucket - Duration(1)) / bucket);
  while ((kDay % (bucket * count)).count() != 0) ++count;
  return count;
}

std::size_t ring_size(Duration bucket) {
  return bucket < std::chrono::minutes(3) ? 1300 : 600;
}

std::size_t hour_of(std::size_t slot, std::size_t slots) {
  return slot % (slots / 7) * 24 / (slots / 7);
}

}  // namespace

Baseline::Baseline(const BaselineTuning& tuning)
    : tuning_(tuning),
      per_slot_(per_slot(tuning.bucket)),
      shape_(static_cast<std::size_t>(7 * kDay / (tuning.bucket * per_slot_))),
      dispersion_(tuning.side),
      level_(tuning.side),
      ring_(ring_size(tuning.bucket)) {}

std::int64_t Baseline::per_day() const {
  return kDay / tuning_.bucket;
}

std::int64_t Baseline::per_hour() const {
  return std::max<std::int64_t>(1, kHour / tuning_.bucket);
}

std::int64_t Baseline::hour_from(std::int64_t serial) const {
  return (serial - 1 + per_hour() - 1) / per_hour() * per_hour() + 1;
}

double Baseline::threshold() const {
  return std::log(kLooks * 365.25 * static_cast<double>(std::min<std::int64_t>(per_day(), 288)) /
                  tuning_.false_pages_a_year);
}

std::size_t Baseline::slot_of(WallTime at, const TimeZone& zone) const {
  const auto local = zone.local(at).time_since_epoch() + 3 * kDay;  // from Monday on
  const auto week = ((local % (7 * kDay)) + 7 * kDay) % (7 * kDay);
  return static_cast<std::size_t>(week / (tuning_.bucket * per_slot_));
}

void Baseline::advance_to(std::int64_t serial) {
  if (now_ == 0) {
    now_ = serial - 1;
    first_ = serial;
    committed_ = shaped_ = hour_from(serial);
  }
  const auto size = static_cast<std::int64_t>(ring_.size());
  if (serial - now_ >= size) {
    std::fill(ring_.begin(), ring_.end(), Bucket{});
    committed_ = shaped_ = hour_from(serial);
  } else {
    for (auto missing = now_ + 1; missing <= serial; ++missing) at(missing) = Bucket{};
  }
  now_ = serial;
}

void Baseline::expect(Bucket& bucket, std::size_t slot) {
  const auto widest = static_cast<int>(std::chrono::minutes(30) / (tuning_.bucket * per_slot_));
  const auto elapsed = tuning_.bucket * (now_ - first_);
  const auto hour = hour_of(slot, shape_.slots());
  const double level = level_.at(hour);
  ShapeAt shape;
  if (elapsed >= 7 * kDay) {
    // Dispersion is not known before the mean is: the one before serves.
    const double about = shape_.at(tuning_.side, slot, 0, 0).value * level * bucket.of;
    shape = shape_.at(tuning_.side, slot,
                      level * bucket.of * static_cast<double>(per_slot_) / dispersion_.phi(about),
                      widest);
  } else if (elapsed >= 2 * kDay) {
    shape = shape_.by_day(slot, std::min(widest, 3));
  }
  if (shape.weeks == 0) return;
  const double mean = shape.value * level * bucket.of;
  if (!(mean > 0)) return;
  const double phi = dispersion_.phi(mean);
  const double width = 2 * shape.half + 1;
  bucket.level = static_cast<float>(level);
  bucket.slow = static_cast<float>(dispersion_.slow(hour));
  bucket.expected = static_cast<float>(mean);
  bucket.variance = static_cast<float>(phi * mean);
  bucket.error =
      static_cast<float>(1.2 * phi / (shape.weeks * width * static_cast<double>(per_slot_)));
  bucket.slots = static_cast<std::int16_t>(width * static_cast<double>(per_slot_));
  bucket.weeks = static_cast<std::uint8_t>(shape.daily ? 0 : shape.weeks);
}

bool Baseline::beyond(double seen, double expected, double by) const {
  return tuning_.side == Side::drop ? seen < (1 - by) * expected : seen > (1 + by) * expected;
}

/// A day that has alarmed is unlike others: for half of one it is less foreseeable, too.
double Baseline::unsettled_by_alarm() const {
  if (barrier_ == 0) return 0;
  return kUnsettled *
         std::exp2(-2 * static_cast<double>(now_ - barrier_) / static_cast<double>(per_day()));
}

std::optional<Baseline::Window> Baseline::worst() const {
  const double batch = dispersion_.batch();
  const double unsettled = unsettled_by_alarm();
  Window best;
  bool any = false;
  double seen = 0;
  double expected = 0;
  double variance = 0;
  double error = 0;
  double slots = 0;
  double slow_sum = 0;
  const Bucket* farthest = nullptr;
  int count = 0;
  int weeks = 5;
  std::size_t next = 0;
  const auto oldest =
      std::max({barrier_, first_, now_ - static_cast<std::int64_t>(ring_.size()) + 1});
  for (auto serial = now_; serial >= oldest && next < kWindows.size(); --serial) {
    const auto& bucket = at(serial);
    if (!bucket.known || bucket.expected <= 0) continue;
    seen += bucket.value;
    expected += bucket.expected;
    variance += bucket.variance;
    error += bucket.error;
    slots += bucket.slots;
    slow_sum += bucket.slow * bucket.expected;
    weeks = std::min<int>(weeks, bucket.weeks);
    const auto off = [&](const Bucket& b) {
      return tuning_.side == Side::drop ? b.expected - b.value : b.value - b.expected;
    };
    if (farthest == nullptr || off(bucket) > off(*farthest)) farthest = &bucket;
    ++count;
    if (count < kWindows[next]) continue;
    ++next;
    if (count > kAlwaysUsed && expected > kFewEvents * variance / expected) break;
    if (!beyond(seen, expected, tuning_.by)) continue;
    const double one_error = std::min(1.0, slots / count / count);
    const double slow = slow_sum / expected;
    double wander = slow;
    if (weeks == 0) wander = std::max(slow, kEarlySlow);
    wander += unsettled;
    if (weeks > 0 && weeks < 3) wander += slow / weeks;
    const double total = variance + wander * expected * expected + expected * error * one_error;
    const double s = surprise(tuning_.side, seen, {expected, total, batch});
    if (any && s <= best.surprise) continue;
    if (s > threshold() && count <= kAlwaysUsed) {
      // No single bucket decides: a restart loses a part of one.
      const double rest = expected - farthest->expected;
      const double rest_variance =
          variance - farthest->variance + wander * rest * rest + rest * error * one_error;
      if (surprise(tuning_.side, seen - farthest->value, {rest, rest_variance, batch}) <
          std::min(kRest * threshold(), kRest * s * rest / expected))
        continue;
    }
    any = true;
    best = {seen, expected, total, count, s};
  }
  return any ? std::optional(best) : std::nullopt;
}

void Baseline::raise(const Window& window) {
  alarm_ = true;
  raised_ = now_;
  raised_by_ = window;
  evidence_ = 0;
  int left = window.buckets;
  auto serial = now_;
  for (; left > 0; --serial) {
    auto& bucket = at(serial);
    bucket.clean = false;
    if (bucket.known && bucket.expected > 0) --left;
  }
  alarm_from_ = serial + 1;
}

void Baseline::consider_clearing() {
  const auto& newest = at(now_);
  if (!newest.known || newest.expected <= 0) return;
  const double q = tuning_.side == Side::drop ? 1 - tuning_.by : 1 + tuning_.by;
  const double phi = newest.variance / newest.expected;
  const double slow = newest.slow;
  evidence_ += (-newest.value * std::log(std::max(q, 0.01)) - (1 - q) * newest.expected) /
               (phi + 3 * slow * newest.expected);
  evidence_ = std::max(0.0, evidence_);
  double seen = 0;
  double expected = 0;
  int known = 0;
  for (auto serial = now_; serial > raised_ && known < 3; --serial) {
    if (!at(serial).known || at(serial).expected <= 0) continue;
    seen += at(serial).value;
    expected += at(serial).expected;
    ++known;
  }
  if (evidence_ <= kCleared || known < 3) return;
  if (expected >= 10 && beyond(seen, expected, tuning_.by / 2)) return;
  alarm_ = false;
  barrier_ = now_ + 1;
}

void Baseline::accept() {
  if (!alarm_) return;
  double seen = 0;
  double expected = 0;
  const auto oldest = std::max(alarm_from_, now_ - static_cast<std::int64_t>(ring_.size()) + 1);
  for (auto serial = oldest; serial <= now_; ++serial) {
    if (!at(serial).known || at(serial).expected <= 0) continue;
    seen += at(serial).value;
    expected += at(serial).expected;
  }
  if (expected <= 0) return;
  const double change = std::max(seen, 0.5) / expected;
  level_.change(change);
  for (auto serial = oldest; serial <= now_; ++serial) {
    auto& bucket = at(serial);
    bucket.expected *= static_cast<float>(change);
    bucket.level *= static_cast<float>(change);
    bucket.variance *= static_cast<float>(change);
    bucket.clean = bucket.known;
  }
  // What came before it is of the level that was.
  committed_ = std::max(committed_, hour_from(oldest));
  alarm_ = false;
  barrier_ = now_ + 1;
}

void Baseline::dismiss() {
  if (!alarm_) return;
  alarm_ = false;
  barrier_ = now_ + 1;
  view_.state = irregular() ? BaselineView::State::irregular : BaselineView::State::well;
}

/// Once no window in use can tell any more that an hour was no usual one.
std::int64_t Baseline::learns_late() const {
  return std::clamp(reach_, per_hour(), 24 * per_hour());
}

void Baseline::commit_hours(const TimeZone& zone) {
  const auto hour = per_hour();
  const auto late = learns_late();
  while (committed_ + hour + late <= now_ + 1) {
    commit_hour(committed_, zone);
    committed_ += hour;
  }
  while (shaped_ + hour <= committed_ && shaped_ + hour + 12 * hour <= now_ + 1) {
    learn_shape(shaped_, zone);
    shaped_ += hour;
  }
}

/// How far the hours about this one were from what was expected of them at level 1: without it the
/// weeks would be compared with their good and bad days in them.
double Baseline::level_about(std::int64_t serial) const {
  const auto half = 8 * per_hour();
  double seen = 0;
  double shape = 0;
  double phi = 1;
  for (auto i = std::max(serial - half, first_); i <= std::min(serial + half, now_); ++i) {
    const auto& bucket = at(i);
    if (!bucket.clean || bucket.weeks == 0) continue;
    const double reach = std::max<double>(0.5F * bucket.expected, 4 * std::sqrt(bucket.variance));
    seen += std::clamp<double>(bucket.value, bucket.expected - reach, bucket.expected + reach);
    shape += bucket.expected / bucket.level;
    phi = bucket.variance / bucket.expected;
  }
  // About the week, not about the level of now, which is that of another day.
  const double weekly = level_.weekly();
  const double own = (seen + 50 * phi * weekly) / (shape + 50 * phi);
  return weekly * std::pow(own / weekly, kOwnLevel);
}

void Baseline::learn_shape(std::int64_t first, const TimeZone& zone) {
  const auto hour = per_hour();
  const double level = level_about(first + hour / 2);
  double slot_sum = 0;
  double slot_of_sum = 0;
  std::int64_t slot_known = 0;
  for (auto serial = first; serial < first + hour; ++serial) {
    const auto& bucket = at(serial);
    const auto slot = slot_of(WallTime(tuning_.bucket * (serial - 1)), zone);
    const auto slot_serial = (serial - 1) / per_slot_;
    // What the slot does not know yet, or has not heard for two weeks, it takes from an alarm too:
    // one burst in the only week that is known would page for ever.
    const bool needy = shape_.weeks_at(slot) < 3 ||
                       slot_serial - shape_.learned(slot) >
                           static_cast<std::int64_t>(shape_.slots() + shape_.slots() / 2);
    if (bucket.known && (bucket.clean || needy)) {
      slot_sum += bucket.value;
      slot_of_sum += bucket.of;
      ++slot_known;
    }
    if (serial % per_slot_ != 0) continue;  // not its last bucket
    if (2 * slot_known > per_slot_ && slot_of_sum > 0)
      shape_.learn(slot, slot_serial, slot_sum / slot_of_sum / level);
    slot_sum = slot_of_sum = 0;
    slot_known = 0;
  }
}

void Baseline::commit_hour(std::int64_t first, const TimeZone& zone) {
  const auto length = per_hour();
  std::array<Seen, 128> clean{};
  std::size_t count = 0;
  double seen = 0;
  double expected = 0;
  double shape = 0;
  double error = 0;
  double alike = 0;
  for (auto serial = first; serial < first + length; ++serial) {
    const auto& bucket = at(serial);
    if (!bucket.known || !bucket.clean) continue;
    ++clean_buckets_;
    if (bucket.expected <= 0) continue;
    if (bucket.weeks > 0 && count < clean.size()) {
      clean[count++] = {bucket.value, bucket.expected};
      error += bucket.error;
      alike += bucket.slots;
    }
    seen += bucket.value;
    expected += bucket.expected;
    shape += bucket.expected / bucket.level;
  }
  const auto hour = hour_of(slot_of(WallTime(tuning_.bucket * (first - 1)), zone), shape_.slots());
  if (count > 0 && level_.steady()) {
    const auto n = static_cast<double>(count);
    dispersion_.learn({clean.data(), count}, expected * error * std::min(1.0, alike / n / n), hour);
  }
  if (expected <= 0) return;
  level_.learn({seen, shape, hour, static_cast<double>(kHour / tuning_.bucket),
                static_cast<std::uint32_t>(learns_late() / length)},
               dispersion_);
  level_.note_other_side(seen, expected, dispersion_.phi(expected / static_cast<double>(length)));
}

BaselineView Baseline::observe(WallTime when, const TimeZone& zone, double value, Teach teach,
                               std::optional<double> of) {
  const auto serial = (when.time_since_epoch() + tuning_.bucket / 2) / tuning_.bucket;
  if (now_ != 0 && serial <= now_) return view_;
  advance_to(serial);
  auto& bucket = at(serial);
  bucket.of = static_cast<float>(of.value_or(1 / static_cast<double>(per_slot_)));
  bucket.known = std::isfinite(value) && value >= 0 && bucket.of > 0;
  bucket.clean = bucket.known && teach == Teach::yes;
  if (bucket.known) {
    if (tuning_.gauge && scale_ == 1 && value > 0)
      scale_ = std::exp2(std::round(std::log2(kGaugeEvents / value)));
    bucket.value = static_cast<float>(value * scale_);
    expect(bucket, slot_of(WallTime(tuning_.bucket * (serial - 1)), zone));
  }
  judge(bucket);
  note_reach(bucket);
  commit_hours(zone);
  return view_;
}

double Baseline::sd_of(const Bucket& bucket) {
  const double slow = bucket.weeks == 0 ? std::max<double>(bucket.slow, kEarlySlow) : bucket.slow;
  return std::sqrt(bucket.variance + slow * bucket.expected * bucket.expected);
}

std::vector<BaselinePoint> Baseline::recent(std::size_t count) const {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  std::vector<BaselinePoint> points;
  const auto size = static_cast<std::int64_t>(std::min(count, ring_.size()));
  for (auto serial = std::max(first_, now_ - size + 1); serial <= now_ && now_ != 0; ++serial) {
    const auto& bucket = at(serial);
    BaselinePoint point{kUnknown, kUnknown, kUnknown, kUnknown};
    if (bucket.known) point.value = bucket.value / scale_;
    if (bucket.known && bucket.expected > 0) {
      const double reach = kBand * sd_of(bucket);
      point.expected = bucket.expected / scale_;
      point.lower = std::max(0.0, bucket.expected - reach) / scale_;
      point.upper = (bucket.expected + reach) / scale_;
    }
    points.push_back(point);
  }
  return points;
}

void Baseline::judge(Bucket& bucket) {
  view_ = {};
  view_.judged = bucket.known && bucket.expected > 0;
  if (!view_.judged) {
    bucket.clean = bucket.clean && !alarm_;
    view_.state = alarm_ ? BaselineView::State::alarm : BaselineView::State::learning;
    return;
  }
  const Window window = worst().value_or(Window{});
  const bool now_beyond =
      bucket.expected < 5 || beyond(bucket.value, bucket.expected, tuning_.by / 2);
  const bool fires = window.surprise > threshold() && now_beyond && (alarm_ || !irregular());
  if (alarm_) {
    bucket.clean = false;
    if (fires) {
      evidence_ = 0;
      if (window.surprise > raised_by_.surprise) raised_by_ = window;
    } else {
      consider_clearing();
    }
  } else if (fires) {
    raise(window);
  }
  if (alarm_ && tuning_.accept_after && tuning_.bucket * (now_ - raised_) >= *tuning_.accept_after)
    accept();

  view_.state = alarm_        ? BaselineView::State::alarm
                : irregular() ? BaselineView::State::irregular
                              : BaselineView::State::well;
  const Window& shown = alarm_ ? raised_by_ : window;
  view_.expected = bucket.expected / scale_;
  view_.sd = sd_of(bucket) / scale_;
  view_.lower = std::max(0.0, view_.expected - kBand * view_.sd);
  view_.upper = view_.expected + kBand * view_.sd;
  view_.seen = shown.seen / scale_;
  view_.seen_expected = shown.expected / scale_;
  view_.seen_sd = std::sqrt(shown.variance) / scale_;
  view_.buckets = shown.buckets;
  view_.surprise = shown.surprise;
}

/// As far as windows reach at what is expected now: learning waits for as long.
void Baseline::note_reach(const Bucket& bucket) {
  if (bucket.expected <= 0) return;
  const double phi = bucket.variance / bucket.expected;
  reach_ = kAlwaysUsed;
  for (const auto k : kWindows) {
    if (k <= kAlwaysUsed) continue;
    if (static_cast<float>(k) * bucket.expected > kTellingEvents * phi) break;
    reach_ = k;
  }
}

void Baseline::retune(const BaselineTuning& tuning) {
  tuning_.by = tuning.by;
  tuning_.false_pages_a_year = tuning.false_pages_a_year;
  tuning_.accept_after = tuning.accept_after;
}

Duration Baseline::known_for() const {
  return now_ == 0 ? Duration(0) : tuning_.bucket * (now_ - first_ + 1);
}

std::optional<WallTime> Baseline::newest() const {
  if (now_ == 0) return std::nullopt;
  return WallTime(tuning_.bucket * now_);
}

Duration Baseline::learned() const {
  return tuning_.bucket * static_cast<std::int64_t>(clean_buckets_);
}

bool Baseline::irregular() const {
  return dispersion_.slow() > kIrregular * kIrregular;
}

std::size_t Baseline::footprint() const {
  return sizeof *this + ring_.size() * sizeof(Bucket) +
         shape_.slots() * (WeekShape::kWeeks * sizeof(float) + sizeof(std::int32_t));
}

}  // namespace tocsin::rule
