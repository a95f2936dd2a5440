#include "app/scrapers.hpp"

#include <algorithm>
#include <utility>

#include "loop/clock.hpp"

namespace tocsin::app {

namespace {

constexpr Duration kAnswerGrace = std::chrono::seconds(1);

/// Labels may change without a new source; how and how often it is asked may not.
bool same_source(const config::Source& a, const config::Source& b) {
  return a.kind == b.kind && a.uplink == b.uplink && a.target.timeout == b.target.timeout &&
         a.target.every == b.target.every;
}

}  // namespace

Scrapers::Scrapers(boost::asio::any_io_executor loop, Maker make,
                   std::function<void(const Scrape&)> done)
    : make_(std::move(make)), done_(std::move(done)), timer_(std::move(loop)) {}

void Scrapers::configure(const std::string& host, const std::vector<config::Source>& sources) {
  std::map<std::string, std::unique_ptr<Slot>> slots;
  const BootTime now = loop::now().boot;
  for (const config::Source& source : sources) {
    const config::Target& target = source.target;
    auto slot = std::make_unique<Slot>();
    const Duration offset = config::host_offset(host, target.every);
    const auto old = slots_.find(target.name);
    const bool kept = old != slots_.end() && same_source(old->second->definition, source);
    if (kept) {
      slot = std::move(old->second);
    } else {
      slot->source = make_.source(source);
    }
    if (!kept) {
      slot->next = now;
    } else if (slot->offset != offset) {
      slot->next = config::tick_at_or_before(now, target.every, offset) + target.every;
    }
    slot->offset = offset;
    slot->definition = source;
    slot->id = make_.id(target.name);
    slots.emplace(target.name, std::move(slot));
  }
  for (const auto& [name, slot] : slots_)
    if (slot && slot->under_way) slot->source->cancel();
  slots_ = std::move(slots);
  set_timer();
}

void Scrapers::stop() {
  stopped_ = true;
  for (const auto& [name, slot] : slots_)
    if (slot->under_way) slot->source->cancel();
}

std::map<std::string, std::uint64_t> Scrapers::missed_ticks() const {
  std::map<std::string, std::uint64_t> missed;
  for (const auto& [name, slot] : slots_) missed[name] = slot->missed;
  return missed;
}

void Scrapers::tick() {
  if (stopped_) return;
  const BootTime now = loop::now().boot;
  for (const auto& [name, slot] : slots_)
    if (slot->next <= now) tick(*slot, now);
  set_timer();
}

void Scrapers::tick(Slot& slot, BootTime now) {
  const Duration every = slot.definition.target.every;
  const BootTime on_grid = config::tick_at_or_before(now, every, slot.offset);
  const BootTime at = std::exchange(slot.first, false) ? now : on_grid;
  slot.missed +=
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, (on_grid - slot.next) / every));
  slot.next = on_grid + every;
  give_up_overdue(slot, now);
  if (slot.under_way) {
    ++slot.missed;
    return;
  }
  slot.under_way = at;
  slot.source->scrape(slot.id, at, [this, &slot](const Scrape& scrape) {
    slot.under_way.reset();
    done_(scrape);
  });
}

/// A source answers within its timeout; should one not, its rules must not wait for it for ever.
void Scrapers::give_up_overdue(Slot& slot, BootTime now) {
  const Duration timeout = slot.definition.target.timeout;
  if (!slot.under_way || now - *slot.under_way <= timeout + kAnswerGrace) return;
  slot.source->cancel();
  Scrape lost;
  lost.target = slot.id;
  lost.tick = *slot.under_way;
  lost.took = now - *slot.under_way;
  lost.outcome = ScrapeOutcome::timed_out;
  lost.detail = "its source has not answered at all";
  slot.under_way.reset();
  done_(lost);
}

std::optional<BootTime> Scrapers::due() const {
  if (slots_.empty() || stopped_) return std::nullopt;
  BootTime next = slots_.begin()->second->next;
  for (const auto& [name, slot] : slots_) next = std::min(next, slot->next);
  return next;
}

void Scrapers::set_timer() {
  if (const auto next = due()) timer_.at(*next, [this] { tick(); });
}

}  // namespace tocsin::app
