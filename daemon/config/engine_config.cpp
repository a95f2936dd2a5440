#include "tocsin/config/engine_config.hpp"

#include <algorithm>

#include "tocsin/base/check.hpp"
#include "tocsin/base/hash.hpp"

namespace tocsin::config {

namespace {

template <class Named>
const Named* find_named(const std::vector<Named>& all, std::string_view name) {
  const auto at =
      std::find_if(all.begin(), all.end(), [name](const Named& each) { return each.name == name; });
  return at == all.end() ? nullptr : &*at;
}

}  // namespace

const incident::Policy& EngineConfig::policy(std::string_view name) const {
  const incident::Policy* found = find_named(policies, name);
  if (found == nullptr) found = find_named(policies, "default");
  TOCSIN_CHECK(found != nullptr);
  return *found;
}

const outbox::Receiver* EngineConfig::receiver(std::string_view name) const {
  return find_named(receivers, name);
}

const rule::Record* EngineConfig::record(std::string_view name) const {
  return find_named(records, name);
}

const rule::Rule* EngineConfig::rule(std::string_view name) const {
  return find_named(rules, name);
}

const Target* EngineConfig::target(std::string_view name) const {
  return find_named(targets, name);
}

Duration host_offset(std::string_view host, Duration every) {
  if (every <= Duration::zero()) return Duration::zero();
  // The same number for every interval: where one interval divides another, ticks coincide.
  const std::uint64_t number = StableHash().add(host).low64();
  return Duration(static_cast<Duration::rep>(number % static_cast<std::uint64_t>(every.count())));
}

BootTime tick_at_or_before(BootTime at, Duration every, Duration offset) {
  TOCSIN_CHECK(every > Duration::zero());
  const Duration since = at.time_since_epoch() - offset;
  const Duration into = since % every;
  return at - (into < Duration::zero() ? into + every : into);
}

}  // namespace tocsin::config
