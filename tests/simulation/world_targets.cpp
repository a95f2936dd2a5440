// The ticks: each target is asked on the grid that the daemon uses, and its answer, or the lack of
// one, comes when it comes.
#include <fmt/format.h>

#include "world.hpp"

namespace tocsin::simulation {

void World::schedule_ticks() {
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const Duration every = targets_[i].plan().every;
    const Duration offset = config::host_offset("simulated", every);
    const BootTime last = config::tick_at_or_before(moment().now.boot, every, offset);
    const Duration due = last.time_since_epoch() + every + boot_origin_;
    in_life(due, [this, i, due] { tick(i, due); });
  }
}

void World::tick(std::size_t target, Duration due) {
  SimTarget& sim = targets_[target];
  const Duration every = sim.plan().every;
  Duration next = due + every;
  if (now_ >= next) {  // the daemon stood still: what was missed is skipped
    const auto missed = (now_ - due) / every;
    due += missed * every;
    next = due + every;
  }
  in_life(next, [this, target, next] { tick(target, next); });
  struct Answer {
    Scrape scrape;
    ScrapeSeen seen;
    std::vector<SampleSeen> samples;
  };
  const auto answer = std::make_shared<Answer>();
  auto& [scrape, seen, samples] = *answer;
  const std::uint64_t flaps = sim.flaps();
  sim.scrape(due, scrape, seen);
  if (sim.flaps() != flaps) count(Fault::flapping);
  samples.assign(seen.samples.begin(), seen.samples.end());
  seen.samples = samples;
  scrape.target = engine_->target(sim.plan().name);
  scrape.tick = BootTime(due - boot_origin_);
  in_life(now_ + scrape.took, [this, answer] {
    each([&](Checker& one, Moment here) { one.scraped(answer->seen, here); });
    if (options_.trace) trace_scrape(answer->seen, answer->scrape);
    step(engine_->scraped(answer->scrape, moment().now), "scraped");
  });
}

void World::trace_scrape(const ScrapeSeen& seen, const Scrape& scrape) {
  std::string text = seen.target->name;
  text += seen.answered ? ":" : " does not answer: " + scrape.detail;
  for (const SampleSeen& sample : seen.samples) {
    if (sample.disk > 0) continue;
    text += fmt::format(" {}={}", seen.target->metrics[sample.metric].name, sample.value);
  }
  trace(fmt::format("{} (tick {} s ago)", text, (now_ - seen.tick).count() / 1000));
}

}  // namespace tocsin::simulation
