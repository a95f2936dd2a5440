#include "app/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tocsin::app {

namespace {

/// tocsin's own metrics always come: they prove nothing where there is anything else.
constexpr std::string_view kSelf = "tocsin";
constexpr Duration kProgressGrace = std::chrono::seconds(5);

/// An answer to a tick is there before the next tick at the latest; one tick may be skipped.
Duration patience(Duration every) {
  return 2 * every + kProgressGrace;
}

std::vector<const engine::TargetStatus*> watched(const engine::Status& status) {
  std::vector<const engine::TargetStatus*> targets;
  for (const engine::TargetStatus& target : status.targets)
    if (target.name != kSelf || status.targets.size() == 1) targets.push_back(&target);
  return targets;
}

template <class Map>
void forget_all_but(const std::set<std::string>& names, Map& map) {
  std::erase_if(map, [&names](const auto& entry) { return !names.contains(entry.first); });
}

}  // namespace

std::vector<std::string> Progress::look(const engine::Status& status, Duration undelivered_after,
                                        BootTime now) {
  std::vector<std::string> out;
  if (status.storage_degraded) out.push_back("storage does not record: " + status.storage_error);
  collection(status, now, out);
  evaluation(status, now, out);
  delivery(status, undelivered_after, now, out);
  return out;
}

BootTime Progress::began(const engine::TargetStatus& target, BootTime now) {
  const BootTime known = targets_.emplace(target.name, now).first->second;
  return target.last_tick ? target.last_tick->boot : known;
}

void Progress::collection(const engine::Status& status, BootTime now,
                          std::vector<std::string>& out) {
  const std::vector<const engine::TargetStatus*> targets = watched(status);
  std::set<std::string> names;
  for (const engine::TargetStatus* target : targets) {
    names.insert(target->name);
    const Duration since = now - began(*target, now);
    if (since > patience(target->every))
      out.push_back(
          fmt::format("target {} was not asked for {}", target->name, humanize_duration(since)));
  }
  forget_all_but(names, targets_);
  const bool none = std::ranges::all_of(targets, [](const engine::TargetStatus* target) {
    return target->last_outcome && !target->answered;
  });
  if (none && !targets.empty())
    out.push_back(fmt::format("no target answers; {}: {}", targets.front()->name,
                              targets.front()->last_detail));
}

void Progress::evaluation(const engine::Status& status, BootTime now,
                          std::vector<std::string>& out) const {
  if (status.rules.empty() || status.targets.empty()) return;
  const auto slowest = std::ranges::max(status.targets, {}, &engine::TargetStatus::every).every;
  BootTime last = started_;
  for (const engine::RuleStatus& rule : status.rules)
    if (rule.last_evaluation) last = std::max(last, rule.last_evaluation->boot);
  if (now - last > patience(slowest))
    out.push_back(fmt::format("no rule was evaluated for {}", humanize_duration(now - last)));
  if (std::ranges::none_of(status.rules, &std::string::empty, &engine::RuleStatus::last_error)) {
    const engine::RuleStatus& first = status.rules.front();
    out.push_back(fmt::format("no rule can be evaluated; {}: {}", first.name, first.last_error));
  }
}

void Progress::delivery(const engine::Status& status, Duration undelivered_after, BootTime now,
                        std::vector<std::string>& out) {
  std::set<std::string> waited_for;
  for (const engine::ReceiverStatus& receiver : status.receivers) {
    if (receiver.refuses)
      out.push_back(fmt::format("receiver {} refuses: {}", receiver.name, receiver.last_error));
    if (receiver.waiting == 0) continue;
    waited_for.insert(receiver.name);
    Waiting& waiting =
        receivers_.emplace(receiver.name, Waiting{now, receiver.last_yes}).first->second;
    if (waiting.last_yes != receiver.last_yes) waiting = {now, receiver.last_yes};
    if (now - waiting.since >= undelivered_after && !receiver.refuses)
      out.push_back(fmt::format("receiver {} has taken nothing for {}{}{}", receiver.name,
                                humanize_duration(now - waiting.since),
                                receiver.last_error.empty() ? "" : ": ", receiver.last_error));
  }
  forget_all_but(waited_for, receivers_);
}

}  // namespace tocsin::app
