#include "tocsin/series/body_intake.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::series {
namespace {

/// Series lie far apart in memory: the one that many samples on is asked for meanwhile.
constexpr std::size_t kAhead = 8;

Error wrong(const ExpositionSample& sample, std::string_view what) {
  return {ErrorCode::invalid, fmt::format("line {}, column {}: {}", sample.position.line,
                                          sample.position.column, what)};
}

}  // namespace

Ingested BodyIntake::take(std::string_view body) {
  taken_.reserve(target_.known.all.size());
  if (auto error = read(body)) {
    Ingested refused;
    refused.error = std::move(error);
    return refused;
  }
  commit();
  end_missing();
  return std::move(result_);
}

std::optional<Error> BodyIntake::read(std::string_view body) {
  ExpositionReader reader(body, format_);
  ExpositionSample sample;
  std::size_t samples = 0;
  for (;;) {
    const bool known = next_ < target_.known.all.size();
    if (!reader.next(sample, known ? target_.known.text(next_) : std::string_view())) break;
    if (++samples > store_.limits.series_per_scrape) {
      return Error{ErrorCode::exhausted,
                   fmt::format("line {}: more than {} series in one answer", sample.position.line,
                               store_.limits.series_per_scrape)};
    }
    if (auto error = read_sample(sample)) return error;
  }
  return reader.error();
}

std::optional<Error> BodyIntake::read_sample(const ExpositionSample& sample) {
  Taken taken;
  taken.value = plain_nan(sample.value);
  std::size_t place = next_;
  if (!sample.as_hinted) {
    leave_order();
    place = place_of(sample.series);
  }
  Series* known = place != kNone ? target_.known.all[place].series : nullptr;
  if (place != kNone) next_ = place + 1;
  if (known != nullptr) {
    // As long as the order is the known one, none can come twice.
    if (!in_order_) {
      if (auto error = note_seen(*known, sample)) return error;
    }
    taken.series = known;
  } else {
    leave_order();
    if (auto error = meet(sample, taken)) return error;
  }
  if (!in_order_) {
    taken.place = static_cast<std::uint32_t>(order_.all.size());
    order_.add(sample.series, taken.series);
  }
  if (taken.series != nullptr || taken.fresh != kNone) taken_.push_back(taken);
  return std::nullopt;
}

std::optional<Error> BodyIntake::meet(const ExpositionSample& sample, Taken& taken) {
  auto parsed = parse_series_text(sample.series, format_, sample.position);
  if (!parsed) return std::move(parsed.error());
  Labels labels = labelled(std::move(*parsed));
  if (Series* found = store_.catalog.find(labels)) {
    if (found->own() || found->target() != target_.origin.target) {
      ++result_.refused;  // somebody else's: two targets may not write one series
      return std::nullopt;
    }
    if (auto error = note_seen(*found, sample)) return error;
    taken.series = found;
    return std::nullopt;
  }
  if (!store_.has_room(labels, fresh_.size())) {
    ++result_.refused;
    return std::nullopt;
  }
  taken.fresh = static_cast<std::uint32_t>(fresh_.size());
  fresh_.push_back(std::move(labels));
  if (!fresh_set_.insert(taken.fresh).second) return wrong(sample, "the series occurs twice");
  return std::nullopt;
}

std::optional<Error> BodyIntake::note_seen(Series& series, const ExpositionSample& sample) {
  if (series.seen_in == body_) return wrong(sample, "the series occurs twice");
  series.seen_in = body_;
  return std::nullopt;
}

/// The target's labels join the body's. On a clash the body's own either stays (honor_labels) or
/// steps aside under a name that is free.
Labels BodyIntake::labelled(std::vector<Label> from_body) const {
  const auto has = [](const std::vector<Label>& labels, std::string_view name) {
    return std::any_of(labels.begin(), labels.end(),
                       [&](const Label& label) { return label.name == name; });
  };
  for (const LabelView& ours : target_.how.labels) {
    const auto clash = std::find_if(from_body.begin(), from_body.end(),
                                    [&](const Label& label) { return label.name == ours.name; });
    if (clash != from_body.end()) {
      if (target_.how.honor_labels) continue;
      std::string aside = "exported_" + clash->name;
      while (has(from_body, aside) || target_.how.labels.has(aside)) {
        aside.insert(0, "exported_");
      }
      clash->name = std::move(aside);
    }
    from_body.push_back({std::string(ours.name), std::string(ours.value)});
  }
  return Labels(from_body);
}

/// Where the last body had these bytes, if it had them.
std::size_t BodyIntake::place_of(std::string_view series_text) {
  const KnownOrder& known = target_.known;
  // Mostly one series has gone: then this one is the next.
  if (next_ + 1 < known.all.size() && known.text(next_ + 1) == series_text) return next_ + 1;
  if (places_.empty()) {
    for (std::size_t i = 0; i < known.all.size(); ++i) places_.emplace(known.text(i), i);
  }
  const auto found = places_.find(series_text);
  return found == places_.end() ? kNone : found->second;
}

/// From here on the body is not the last one over again: its order is kept for the next. All
/// samples up to here were taken in the known order, one after the other.
void BodyIntake::leave_order() {
  if (!in_order_) return;
  in_order_ = false;
  const KnownOrder& known = target_.known;
  order_.reserve(known);
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    taken_[i].series->seen_in = body_;
    order_.add(known.text(i), taken_[i].series);
  }
}

void BodyIntake::commit() {
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    if (i + kAhead < taken_.size() && taken_[i + kAhead].series != nullptr) {
      taken_[i + kAhead].series->fetch_ahead();
    }
    Taken& taken = taken_[i];
    if (taken.series == nullptr) {
      Labels& labels = fresh_[taken.fresh];
      std::string name(labels.get(kNameLabel));
      if (std::find(result_.new_names.begin(), result_.new_names.end(), name) ==
          result_.new_names.end()) {
        result_.new_names.push_back(std::move(name));
      }
      taken.series = &store_.catalog.add(std::move(labels), target_.origin, false);
      taken.series->seen_in = body_;
      ++result_.added;
    }
    taken.series->abandoned = false;
    if (taken.place != kNone) order_.all[taken.place].series = taken.series;
    if (store_.append(*taken.series, tick_, taken.value)) {
      ++result_.samples;
    } else {
      ++result_.out_of_order;
    }
  }
}

/// What the last answer had and this one has not ends here.
void BodyIntake::end_missing() {
  const bool same = in_order_ && next_ == target_.known.all.size();
  if (same) return;
  leave_order();
  for (const KnownSeries& known : target_.known.all) {
    Series* series = known.series;
    if (series != nullptr && series->seen_in != body_ && !series->ended()) {
      store_.append(*series, tick_, stale_marker());
    }
  }
  target_.known = std::move(order_);
}

}  // namespace tocsin::series
