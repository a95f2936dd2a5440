#include "storage.hpp"

#include <utility>

namespace tocsin::simulation {

void SimStorage::queue(StepNumber step, std::vector<Record> records, Duration at) {
  backlog_.push_back({.step = step, .records = std::move(records), .queued = at, .failed = false});
}

std::vector<StepNumber> SimStorage::fail_all() {
  std::vector<StepNumber> failed;
  for (Waiting& one : backlog_) {
    if (!one.failed) failed.push_back(one.step);
    one.failed = true;
  }
  return failed;
}

StepNumber SimStorage::write_one() {
  for (Record& record : backlog_.front().records) apply(std::move(record));
  const StepNumber step = backlog_.front().step;
  backlog_.pop_front();
  lacks_tail_ = false;
  return step;
}

void SimStorage::crash(Duration at, bool written_unseen) {
  if (!backlog_.empty() && written_unseen && !backlog_.front().failed) write_one();
  for (const Waiting& one : backlog_) {
    if (one.failed || at - one.queued >= milliseconds(1900)) lacks_tail_ = true;
  }
  backlog_.clear();
}

void SimStorage::apply(Record&& record) {
  if (auto* one = std::get_if<EngineState>(&record)) engine_ = std::move(*one);
  if (auto* one = std::get_if<Alert>(&record)) alerts_[one->key] = std::move(*one);
  if (auto* one = std::get_if<Incident>(&record)) incidents_[one->id.value] = std::move(*one);
  if (auto* one = std::get_if<Delivery>(&record)) deliveries_[one->id.value] = std::move(*one);
  if (auto* one = std::get_if<Silence>(&record)) silences_[one->id.value] = std::move(*one);
  if (auto* one = std::get_if<RetiredReceiver>(&record)) retired_[one->name] = std::move(*one);
  if (auto* one = std::get_if<LearnedBaseline>(&record)) baselines_[one->rule] = std::move(*one);
  const auto* erased = std::get_if<Erased>(&record);
  if (erased == nullptr) return;
  switch (erased->kind) {
    case Erased::Kind::alert:
      alerts_.erase(erased->alert);
      break;
    case Erased::Kind::incident:
      incidents_.erase(erased->number);
      break;
    case Erased::Kind::delivery:
      deliveries_.erase(erased->number);
      break;
    case Erased::Kind::silence:
      silences_.erase(erased->number);
      break;
    case Erased::Kind::retired_receiver:
      retired_.erase(erased->name);
      break;
    case Erased::Kind::baseline:
      baselines_.erase(erased->name);
      break;
  }
}

Records SimStorage::records() const {
  Records all;
  all.engine = engine_;
  for (const auto& [key, one] : alerts_) all.alerts.push_back(one);
  for (const auto& [id, one] : incidents_) all.incidents.push_back(one);
  for (const auto& [id, one] : deliveries_) all.deliveries.push_back(one);
  for (const auto& [id, one] : silences_) all.silences.push_back(one);
  for (const auto& [name, one] : retired_) all.retired_receivers.push_back(one);
  for (const auto& [name, one] : baselines_) all.baselines.push_back(one);
  all.may_lack_tail = lacks_tail_;
  return all;
}

}  // namespace tocsin::simulation
