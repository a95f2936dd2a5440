// Where samples come from: one file a kind. A source answers each scrape exactly once, within its
// target's timeout.
#pragma once

#include <functional>

#include "tocsin/base/time.hpp"
#include "tocsin/model/scrape.hpp"

namespace tocsin::sources {

class Source {
 public:
  virtual ~Source() = default;
  /// Loop thread only. `done` is called on the loop, possibly from within. At most one scrape is
  /// under way.
  virtual void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) = 0;
  /// Abandons the scrape under way; its `done` is not called any more.
  virtual void cancel() = 0;
  /// Whether its last scrape, which this is, found what it watches not to be there. A probe answers
  /// all the same, and says so here.
  [[nodiscard]] virtual bool is_down(const Scrape& scrape) const {
    return scrape.outcome != ScrapeOutcome::answered;
  }
};

}  // namespace tocsin::sources
