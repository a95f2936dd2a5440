// Records: expressions whose results become series, evaluated before whatever reads them. Each
// value knows the targets that made it, so that a rule judges a record's series as it would judge
// the record's own expression.
#include <algorithm>

#include "engine/impl.hpp"
#include "tocsin/base/hash.hpp"

namespace tocsin::engine {

void Engine::Impl::configure_recordings() {
  std::map<std::string, RecordingState> old;
  for (auto& recording : recordings) old.emplace(recording.record->name, std::move(recording));
  recordings.clear();
  for (const auto& spec : config.records) {
    auto found = old.find(spec.name);
    RecordingState recording = found == old.end() ? RecordingState{} : std::move(found->second);
    if (found != old.end()) old.erase(found);
    recording.record = &spec;
    recording.reads = records_read(spec.expression);
    auto& meaning = recording.reads.meaning;
    meaning = StableHash().add(meaning).add(spec.name).add(spec.labels.to_string()).low64();
    recording.evaluated = false;
    recordings.push_back(std::move(recording));
  }
  for (const auto& [name, recording] : old) store.remove_record(name);
}

RecordsRead Engine::Impl::records_read(const expr::Expression& expression) const {
  RecordsRead read;
  StableHash meaning;
  meaning.add(expression.text());
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    if (!expression.may_read(recordings[i].record->name)) continue;
    read.records.push_back(i);
    read.reach = std::max(read.reach, recordings[i].reads.reach);
    meaning.add(recordings[i].reads.meaning);
  }
  read.reach += expression.reach();
  read.meaning = meaning.low64();
  return read;
}

void Engine::Impl::evaluate_recordings(TargetId scraped, BootTime tick,
                                       std::vector<std::string>& new_names) {
  for (auto& recording : recordings) {
    if (!worth_evaluating(recording, scraped, tick) &&
        !asks_for(recording.record->expression, new_names)) {
      continue;
    }
    if (recording.evaluated &&
        slot_is_over(recording.record->every, recording.last_evaluation, tick))
      continue;
    const auto recorded = evaluate(recording, tick);
    if (recorded.added > 0) new_names.push_back(recording.record->name);
  }
}

/// Not while no series of it can be settled.
bool Engine::Impl::worth_evaluating(const RecordingState& recording, TargetId scraped,
                                    BootTime tick) const {
  if (!recording.evaluated || feeds.members(recording.listens).empty()) return true;
  if (!feeds_into(scraped, recording.listens)) return false;
  return done(recording.listens, tick) ||
         std::any_of(recording.made_of.begin(), recording.made_of.end(), [&](series::FeedSet set) {
           return feeds_into(scraped, set) && done(set, tick);
         });
}

series::Recorded Engine::Impl::evaluate(RecordingState& recording, BootTime tick) {
  const auto& record = *recording.record;
  ++counters.evaluations;
  recording.last_evaluation = stamp_of(tick);
  auto result = result_of(recording, tick);
  std::string error = result ? "" : std::move(result.error().text);
  if (!result) {
    ++counters.evaluation_errors;
    result.emplace();  // what it gave before ends
    if (error != recording.error) {
      log(LogLine::Level::warning, "record " + record.name + ": " + error);
    }
  }
  recording.error = std::move(error);
  recording.made_of.clear();
  const auto recorded = store.record(record.name, tick, std::move(*result),
                                     [&](series::FeedSet made_of, series::FeedSet before) {
                                       return settled(recording, made_of, before, tick);
                                     });
  Duration slowest = record.every.value_or(Duration::zero());
  Duration timeout{};
  for (const auto& feed : feeds.members(recording.listens)) {
    const auto& target = targets[feed.target.value - 1].spec;
    slowest = std::max(slowest, target.every);
    timeout = std::max(timeout, target.timeout);
  }
  store.set_record(record.name, std::max<Duration>(std::chrono::minutes(5), 2 * slowest + timeout));
  counters.samples_refused += recorded.refused;
  if (recorded.refused > 0 && recording.refused == 0) {
    log(LogLine::Level::warning,
        "record " + record.name + ": " + std::to_string(recorded.refused) +
            " series are refused: over a limit of the store, or a target gives them itself");
  }
  recording.refused = recorded.refused;
  recording.series = recorded.series;
  recording.evaluated = recording.evaluated || done(all_targets(), tick);
  return recorded;
}

Result<std::vector<series::RecordedElement>> Engine::Impl::result_of(RecordingState& recording,
                                                                     BootTime tick) {
  auto value = value_of(recording.record->expression, recording.reads, tick);
  if (!value) return tl::unexpected<Error>(std::move(value.error()));
  recording.listens = value->touched;
  const auto fed_by = feeds.members(value->touched).empty() ? all_targets() : value->touched;
  std::vector<series::RecordedElement> result;
  DistinctLabels seen;
  const auto add = [&](Labels labels, double number, series::FeedSet made_of) {
    for (const auto& label : recording.record->labels) labels.set(label.name, label.value);
    labels.set(kNameLabel, recording.record->name);
    const bool fresh = seen.insert(labels);
    result.push_back(
        {std::move(labels), number, feeds.members(made_of).empty() ? fed_by : made_of});
    return fresh;
  };
  if (const auto* number = std::get_if<double>(&value->value)) {
    add({}, *number, value->touched);
  } else if (auto* vector = std::get_if<expr::Vector>(&value->value)) {
    for (auto& element : *vector) {
      if (add(std::move(element.labels), element.value, element.feeds)) continue;
      return fail(ErrorCode::invalid, "several series of its result have the labels " +
                                          result.back().labels.to_string());
    }
  }
  return result;
}

std::optional<series::FeedSet> Engine::Impl::settled(RecordingState& recording,
                                                     series::FeedSet made_of,
                                                     series::FeedSet before, BootTime tick) {
  auto both = feeds.united(made_of, before);
  // What is not there yet may be a part of it.
  if (!recording.evaluated && !done(all_targets(), tick)) return std::nullopt;
  // Of an earlier life nobody knows what made it.
  if (feeds.members(both).empty()) both = all_targets();
  recording.listens = feeds.united(recording.listens, both);
  recording.made_of.insert(both);
  const auto members = feeds.members(both);
  const bool ticks = std::any_of(members.begin(), members.end(), [&](const auto& feed) {
    const auto& target = targets[feed.target.value - 1];
    return !target.configured || expected_tick(target, tick) == tick;
  });
  if (!done(both, tick) || !(ticks || recording.record->every)) return std::nullopt;
  // Who is unknown now still feeds it: what the others say is only a part.
  return known(both, tick) ? made_of : both;
}

Result<expr::Evaluated> Engine::Impl::value_of(const expr::Expression& expression,
                                               const RecordsRead& reads, BootTime tick) {
  for (const auto i : reads.records) {
    if (recordings[i].error.empty()) continue;
    return fail(ErrorCode::invalid,
                "record " + recordings[i].record->name + ": " + recordings[i].error);
  }
  const auto wall_minus_boot = now.wall.time_since_epoch() - now.boot.time_since_epoch();
  return expr::evaluate(expression, store, feeds, {tick, wall_minus_boot, {}});
}

}  // namespace tocsin::engine
