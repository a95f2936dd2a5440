// Every delivery that the outbox knows, live or finished, and why a finished one is still needed.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/model/delivery.hpp"

namespace tocsin::outbox {

struct Entry {
  Delivery delivery;
  std::string line;            ///< within which it keeps its turn at its receiver
  std::uint32_t failures = 0;  ///< in a row; a summary takes over those of what it replaces
  bool no_more = false;        ///< the attempt under way is its last
  std::optional<BootTime> ready_since;
  std::uint32_t needed = 0;          ///< reasons to keep it once it has finished
  std::optional<BootTime> finished;  ///< its fate is known; one folded waits for its summary's
};

/// Entries stay where they are until they are erased: pointers to them hold that long.
class Ledger {
 public:
  /// Its id must be new.
  Entry& insert(Delivery delivery);
  [[nodiscard]] Entry* find(DeliveryId id);
  [[nodiscard]] const Entry* find(DeliveryId id) const;
  void finish(Entry& entry, BootTime at);
  /// Keeps it from being forgotten until `unneed` has been called as often.
  void need(Entry& entry);
  void unneed(Entry& entry);
  /// The longest finished that nothing needs, if that was at or before `before`.
  [[nodiscard]] std::optional<DeliveryId> forgettable(BootTime before) const;
  void erase(DeliveryId id);
  /// Those whose fate is not known yet, in order.
  [[nodiscard]] std::vector<DeliveryId> unfinished(IncidentId incident) const;
  [[nodiscard]] std::vector<DeliveryId> unfinished() const;

 private:
  std::unordered_map<DeliveryId, Entry> entries_;
  std::set<std::pair<BootTime, DeliveryId>> forgettable_;
  std::unordered_map<IncidentId, std::set<DeliveryId>> unfinished_;
};

}  // namespace tocsin::outbox
