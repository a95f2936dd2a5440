#include "plan.hpp"

namespace tocsin::simulation {
namespace {
template <class T>
const T* named(const std::vector<T>& all, std::string_view name) {
  for (const T& one : all) {
    if (one.name == name) return &one;
  }
  return nullptr;
}
}  // namespace

const RulePlan* Plan::rule(std::string_view name) const {
  return named(rules, name);
}
const PolicyPlan* Plan::policy(std::string_view name) const {
  return named(policies, name);
}
const ReceiverPlan* Plan::receiver(std::string_view name) const {
  return named(receivers, name);
}
const TargetPlan* Plan::target(std::string_view name) const {
  return named(targets, name);
}

}  // namespace tocsin::simulation
