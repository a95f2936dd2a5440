// A person's command is answered exactly once, when it is recorded or after two seconds, and
// "recorded" is true only of what a crash cannot undo.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class Replies : public Checker {
 public:
  explicit Replies(const Scene& scene) : Checker("replies"), scene_(scene) {}

  void commanded(const Command& command, Moment moment) override {
    if (command.request) waiting_[command.request.value] = {.at = moment.at, .step = {}};
    just_asked_ = command.request;
  }

  void committed(StepNumber step, bool written, Moment) override {
    if (!written) failed_.insert(step);
  }

  void stepped(const StepSeen& step, Moment moment) override {
    const auto asked = waiting_.find(just_asked_.value);
    if (asked != waiting_.end() && !step.records.empty()) asked->second.step = step.number;
    just_asked_ = {};
    for (const Reply& reply : step.replies) answered(reply, moment);
  }

  void stopped(Stop, Moment) override {
    waiting_.clear();
    failed_.clear();
    just_asked_ = {};
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(seconds(30), moment)) return;
    for (const auto& [request, asked] : waiting_) {
      if (moment.at - asked.at > seconds(20)) {
        violated(fmt::format("request {} has no answer after {} s", request,
                             (moment.at - asked.at).count() / 1000));
      }
    }
  }

 private:
  struct Asked {
    Duration at{};
    StepNumber step;
  };

  void answered(const Reply& reply, Moment moment) {
    const auto found = waiting_.find(reply.request.value);
    if (found == waiting_.end()) {
      if (!reply.request) return;
      return violated(fmt::format("request {} is answered twice", reply.request.value));
    }
    const Asked asked = found->second;
    waiting_.erase(found);
    if (reply.text.empty()) {
      violated(fmt::format("the answer to request {} says nothing", reply.request.value));
    }
    if (!reply.accepted || !asked.step) return;
    const bool durable = scene_.ledger.committed_to >= asked.step;
    if (reply.recorded && !durable) {
      violated(fmt::format("request {} is said to be recorded, step {} is not committed",
                           reply.request.value, asked.step.value));
    }
    const bool waited = moment.at - asked.at >= milliseconds(1990) || failed_.contains(asked.step);
    if (!reply.recorded && !durable && !waited) {
      violated(fmt::format("request {} is answered unrecorded after {} ms", reply.request.value,
                           (moment.at - asked.at).count()));
    }
  }

  const Scene& scene_;
  std::map<std::uint64_t, Asked> waiting_;
  std::set<StepNumber> failed_;
  RequestId just_asked_;
};
}  // namespace

CheckerPtr make_replies(const Scene& scene) {
  return std::make_unique<Replies>(scene);
}

}  // namespace tocsin::simulation
