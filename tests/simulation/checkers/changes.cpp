// A change informs: it is told to each receiver that is to know of it, for as long as an hour of
// trying, and to nobody else; and it rings nobody.
#include <fmt/format.h>

#include <algorithm>
#include <variant>
#include <vector>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

constexpr Duration kTriedFor = hours(1);
/// The longest wait between two attempts (5 min, or what the receiver asked for) and what an
/// attempt and a late storage take.
constexpr Duration kBetween = minutes(8);

class Changes : public Checker {
 public:
  explicit Changes(const Scene& scene)
      : Checker("changes are told, and ring nobody"), scene_(scene) {}

  void commanded(const Command& command, Moment) override {
    announced_ = std::holds_alternative<ChangeCommand>(command.what);
  }

  void attempted(const AttemptSeen& attempt, Moment moment) override {
    if (!attempt.answered) return;
    const auto found = waits_.find(attempt.delivery->id.value);
    if (found == waits_.end()) return;
    found->second.stirred = moment.at;
    if (attempt.outcome.result == DeliveryResult::retryable) return;
    found->second.answered = true;
  }

  void stepped(const StepSeen& step, Moment moment) override {
    std::vector<std::string> told;
    for (const DeliveryChange& change : scene_.ledger.delivery_changes) {
      const Delivery& one = *change.after;
      if (one.notice.kind != NoticeKind::change) continue;
      if (!change.before) {
        rings_nobody(one);
        told.push_back(one.receiver);
        waits_[one.id.value] = {.made = moment.at, .stirred = moment.at};
      }
      if (is_final(one.state)) ended(one, moment);
    }
    for (const Delivery& one : step.send) {
      const auto found = waits_.find(one.id.value);
      if (found != waits_.end()) found->second.stirred = moment.at;
    }
    if (std::exchange(announced_, false)) told_to_all(told);
  }

  void started(const Records&, Moment moment) override {
    announced_ = false;
    waits_.clear();
    for (const auto& [id, one] : scene_.ledger.deliveries) {
      if (one.notice.kind != NoticeKind::change || is_final(one.state)) continue;
      waits_[id] = {.made = {}, .stirred = moment.at};
    }
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(kBetween, moment)) return;
    for (auto& [id, wait] : waits_) {
      if (moment.at - wait.stirred > kBetween) {
        violated(fmt::format("the change of delivery {} is not tried for {} min", id,
                             (moment.at - wait.stirred).count() / 60'000));
      }
      if (wait.made && moment.at - *wait.made > kTriedFor + 2 * kBetween) {
        violated(fmt::format("the change of delivery {} is tried for {} min", id,
                             (moment.at - *wait.made).count() / 60'000));
      }
    }
  }

 private:
  struct Wait {
    std::optional<Duration> made;  ///< none where that was before a start
    Duration stirred{};            ///< something was last heard of it
    bool answered = false;         ///< with yes or never
  };

  void rings_nobody(const Delivery& one) {
    const ReceiverPlan* receiver = scene_.ledger.plan->receiver(one.receiver);
    const bool named = receiver != nullptr && receiver->changes;
    if (named && !one.incident && !one.wakes && !one.stands_in_for &&
        one.action == DeliveryAction::open) {
      return;
    }
    violated(fmt::format("a change is told to {} as delivery {} ({})", one.receiver, one.id.value,
                         to_string(one.action)));
  }

  void told_to_all(const std::vector<std::string>& told) {
    for (const ReceiverPlan& receiver : scene_.ledger.plan->receivers) {
      const auto times = std::count(told.begin(), told.end(), receiver.name);
      if (times != (receiver.changes ? 1 : 0)) {
        violated(fmt::format("a change is told to {} {} times", receiver.name, times));
      }
    }
  }

  /// Without a yes or a never it ends after an hour, or with its receiver.
  void ended(const Delivery& one, Moment moment) {
    const auto found = waits_.find(one.id.value);
    if (found == waits_.end()) return;
    const Wait wait = found->second;
    waits_.erase(found);
    if (wait.answered || scene_.ledger.plan->receiver(one.receiver) == nullptr) return;
    const bool tried_enough =
        one.state == DeliveryState::expired && (!wait.made || moment.at - *wait.made >= kTriedFor);
    if (!tried_enough) {
      violated(fmt::format("the change of delivery {} to {} is {} without an answer", one.id.value,
                           one.receiver, to_string(one.state)));
    }
  }

  const Scene& scene_;
  bool announced_ = false;
  std::map<std::uint64_t, Wait> waits_;
};
}  // namespace

CheckerPtr make_changes(const Scene& scene) {
  return std::make_unique<Changes>(scene);
}

}  // namespace tocsin::simulation
