#include "storage/backlog.hpp"

#include <fmt/format.h>

#include <utility>

#include "storage/codec.hpp"

namespace tocsin::storage {

namespace {

/// Names the object that a record is about; an erasure has the identity of what it erases.
struct Identity {
  std::string operator()(const EngineState& /*state*/) const { return "engine"; }
  std::string operator()(const Alert& alert) const { return "alert " + encode(alert.key); }
  std::string operator()(const Incident& each) const { return numbered("incident", each.id.value); }
  std::string operator()(const Delivery& each) const { return numbered("delivery", each.id.value); }
  std::string operator()(const Silence& each) const { return numbered("silence", each.id.value); }
  std::string operator()(const RetiredReceiver& receiver) const {
    return "retired receiver " + receiver.name;
  }
  std::string operator()(const LearnedBaseline& learned) const {
    return "baseline " + learned.rule;
  }
  std::string operator()(const TimelineEntry& entry) const {
    return fmt::format("line {} {}", entry.incident.value, entry.number);
  }
  std::string operator()(const Erased& erased) const {
    switch (erased.kind) {
      case Erased::Kind::alert:
        return "alert " + encode(erased.alert);
      case Erased::Kind::incident:
        return numbered("incident", erased.number);
      case Erased::Kind::delivery:
        return numbered("delivery", erased.number);
      case Erased::Kind::silence:
        return numbered("silence", erased.number);
      case Erased::Kind::retired_receiver:
        return "retired receiver " + erased.name;
      case Erased::Kind::baseline:
        return "baseline " + erased.name;
    }
    return {};
  }
  static std::string numbered(const char* kind, std::uint64_t number) {
    return fmt::format("{} {}", kind, number);
  }
};

std::size_t bytes_of(const Labels& labels) {
  std::size_t bytes = 0;
  bytes += labels.memory_bytes();
  return bytes;
}

/// Roughly what a record holds in memory; the bound is a bound on memory, not an account.
struct Size {
  std::size_t operator()(const EngineState& state) const { return state.boot_id.size(); }
  std::size_t operator()(const Alert& alert) const {
    return alert.key.rule.size() + bytes_of(alert.key.labels) + alert.recent.size() +
           alert.transitions.size() * sizeof(Stamp);
  }
  std::size_t operator()(const Incident& incident) const {
    return incident.group_key.size() + incident.close_reason.size() +
           incident.rings.size() * (sizeof(Ring) + 64);
  }
  std::size_t operator()(const TimelineEntry& entry) const { return entry.text.size(); }
  std::size_t operator()(const Delivery& delivery) const {
    const Notice& notice = delivery.notice;
    std::size_t bytes = notice.title.size() + notice.description.size() + notice.reason.size() +
                        bytes_of(notice.host_labels) + delivery.last_error.size();
    for (const std::string& line : notice.lines) bytes += sizeof line + line.size();
    for (const NoticeAlert& alert : notice.alerts) {
      bytes += sizeof alert + alert.summary.size() + bytes_of(alert.labels) +
               (alert.recent.size() + 3 * alert.band.expected.size()) * sizeof(double);
    }
    return bytes;
  }
  std::size_t operator()(const Silence& silence) const {
    return silence.matchers.size() + silence.reason.size();
  }
  std::size_t operator()(const RetiredReceiver& receiver) const {
    return receiver.definition.size();
  }
  std::size_t operator()(const LearnedBaseline& learned) const { return learned.state.size(); }
  std::size_t operator()(const Erased& erased) const { return bytes_of(erased.alert.labels); }
};

std::size_t size_of(const PendingRecord& pending) {
  return sizeof pending + std::visit(Size{}, pending.record);
}

}  // namespace

void Backlog::add(StepNumber step, std::vector<Record> records) {
  for (Record& record : records) {
    PendingRecord pending{step, std::move(record)};
    bytes_ += size_of(pending);
    if (std::holds_alternative<TimelineEntry>(pending.record)) {
      lines_.push_back(std::move(pending));
      continue;
    }
    std::string identity = std::visit(Identity{}, pending.record);
    const auto [at, is_new] = objects_.try_emplace(std::move(identity));
    if (!is_new) bytes_ -= size_of(at->second);
    at->second = std::move(pending);
  }
  keep_within_bound();
}

void Backlog::put_back(Backlog older) {
  for (auto& [identity, pending] : older.objects_) {
    const std::size_t size = size_of(pending);
    if (objects_.try_emplace(identity, std::move(pending)).second) bytes_ += size;
  }
  for (const PendingRecord& line : older.lines_) bytes_ += size_of(line);
  lines_.insert(lines_.begin(), std::make_move_iterator(older.lines_.begin()),
                std::make_move_iterator(older.lines_.end()));
  keep_within_bound();
}

Backlog Backlog::take() {
  Backlog taken(max_bytes_);
  std::swap(taken.objects_, objects_);
  std::swap(taken.lines_, lines_);
  taken.bytes_ = std::exchange(bytes_, 0);
  return taken;
}

void Backlog::keep_within_bound() {
  while (bytes_ > max_bytes_ && !lines_.empty()) {
    bytes_ -= size_of(lines_.front());
    lines_.pop_front();
    ++dropped_;
  }
}

}  // namespace tocsin::storage
