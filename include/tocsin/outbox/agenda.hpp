// What falls due when: at most one time per delivery and kind.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <tuple>
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
    friend bool operator<(const Item& a, const Item& b) {
      return std::tie(a.at, a.kind, a.delivery) < std::tie(b.at, b.kind, b.delivery);
    }
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
