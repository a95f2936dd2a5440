// What falls due when: at most one time per delivery and kind.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::outbox {

class Agenda {
 public:
  /// In the order in which those of one moment happen.
  enum class Kind {
    attempt,
    expiry,
    fallback,
    not_heard,
  };
  struct Item {
    BootTime at{};
    Kind kind{};
    DeliveryId delivery;
    friend auto operator<=>(const Item&, const Item&) = default;
  };

  /// Replaces an earlier time of the same delivery and kind.
  void set(DeliveryId delivery, Kind kind, BootTime at);
  void clear(DeliveryId delivery, Kind kind);
  [[nodiscard]] bool has(DeliveryId delivery, Kind kind) const;
  [[nodiscard]] std::optional<BootTime> next() const;
  /// Takes out the earliest item that is due by `now`.
  [[nodiscard]] std::optional<Item> take_due(BootTime now);

 private:
  std::set<Item> items_;
  std::map<std::pair<DeliveryId, Kind>, BootTime> times_;
};

}  // namespace tocsin::outbox
