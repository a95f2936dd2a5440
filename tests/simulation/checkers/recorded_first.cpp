// Record first, but page anyway: a notice leaves when the step that made it is committed, or when
// that failed, or after two seconds; never before.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class RecordedFirst : public Checker {
 public:
  explicit RecordedFirst(const Scene& scene) : Checker("recorded first"), scene_(scene) {}

  void committed(StepNumber step, bool written, Moment) override {
    if (!written) failed_.insert(step);
  }

  void stepped(const StepSeen& step, Moment moment) override {
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (!made.before) first_[made.after->id.value] = {step.number, moment.at};
    }
    for (const Delivery& one : step.send) sent(one, moment);
  }

  void started(const Records& records, Moment moment) override {
    first_.clear();
    failed_.clear();
    for (const Delivery& one : records.deliveries) {
      first_[one.id.value] = {records.engine.step, moment.at};
    }
  }

 private:
  struct First {
    StepNumber step;
    Duration at{};
  };

  void sent(const Delivery& one, Moment moment) {
    // A summary tells what is recorded already: its members; that its own record is late changes
    // nothing that anybody is told.
    if (one.notice.kind == NoticeKind::summary) return;
    const auto found = first_.find(one.id.value);
    if (found == first_.end()) {
      return violated(fmt::format("delivery {} goes out, and no step recorded it", one.id.value));
    }
    const First& first = found->second;
    if (scene_.ledger.committed_to >= first.step || failed_.contains(first.step)) return;
    if (moment.at - first.at >= milliseconds(1990)) return;
    violated(fmt::format("delivery {} goes out {} ms after step {}, which is not committed",
                         one.id.value, (moment.at - first.at).count(), first.step.value));
  }

  const Scene& scene_;
  std::unordered_map<std::uint64_t, First> first_;
  std::set<StepNumber> failed_;
};
}  // namespace

CheckerPtr make_recorded_first(const Scene& scene) {
  return std::make_unique<RecordedFirst>(scene);
}

}  // namespace tocsin::simulation
