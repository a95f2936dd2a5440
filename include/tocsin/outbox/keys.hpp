// What each receiver may know of each key: whether a close is owed hangs on it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "tocsin/model/delivery.hpp"

namespace tocsin::outbox {

/// An open or an update, when it gets there, makes its key known to its receiver.
[[nodiscard]] bool makes_known(const Delivery& delivery);

/// Only deliveries that make a key known are counted here. A key is remembered for as long as the
/// outbox knows one of its deliveries; the first that may have got there is its witness, and
/// whoever sets it sees to it that the witness is kept until the key's close has gone.
class Keys {
 public:
  void add(const Delivery& delivery);
  void remove(const Delivery& delivery);
  void sending(const Delivery& delivery, bool begins);
  void folded(const Delivery& delivery, bool begins);
  /// It may have got there. True when that was not known of its key before.
  bool arrived(const Delivery& delivery);

  [[nodiscard]] bool may_have_got(std::string_view receiver, std::string_view key) const;
  /// An open or update of it is told within a summary that has not ended.
  [[nodiscard]] bool is_folded(std::string_view receiver, std::string_view key) const;
  /// An open of it is known (so its whole story is), and none can have got there.
  [[nodiscard]] bool never_got(std::string_view receiver, std::string_view key) const;

 private:
  struct Knowledge {
    DeliveryId witness;
    std::uint32_t deliveries = 0;
    std::uint32_t opens = 0;
    std::uint32_t sending = 0;
    std::uint32_t folded = 0;
  };
  using Name = std::pair<std::string, std::string>;
  [[nodiscard]] const Knowledge* find(std::string_view receiver, std::string_view key) const;
  std::map<Name, Knowledge> known_;
};

}  // namespace tocsin::outbox
