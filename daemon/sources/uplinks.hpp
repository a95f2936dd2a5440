// The uplinks by name. Who could not reach its target asks whether it was the way out that failed.
// Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct Network;
class UplinkCheck;

struct UplinkSeen {
  struct Address {
    std::string address;
    bool answers = false;
    double seconds = 0;   ///< where it answers
    std::string trouble;  ///< where it does not
  };
  std::vector<Address> addresses;
  [[nodiscard]] bool dead() const;
};

class Uplinks {
 public:
  explicit Uplinks(Network& network);
  ~Uplinks();
  Uplinks(const Uplinks&) = delete;
  Uplinks& operator=(const Uplinks&) = delete;

  /// A second one of the name replaces the first.
  void add(const std::string& name, const config::UplinkSource& definition, const void* target);
  /// Only where the name is still that target's.
  void remove(const std::string& name, const void* target);

  /// Whether it is dead now: those who ask at once share one check, and one that ended within the
  /// last second counts. A name that is unknown is alive. `told` is called once, on the loop,
  /// possibly from within; not after the end of what is returned.
  [[nodiscard]] std::shared_ptr<void> ask(const std::string& name, Duration within,
                                          std::function<void(bool dead)> told);

 private:
  struct Uplink;
  Network& network_;
  std::map<std::string, std::unique_ptr<Uplink>> uplinks_;
};

/// One look at all addresses; ends with the first that answers where `first_is_enough`.
class UplinkCheck {
 public:
  /// `told` is called once, on the loop, never from within; not after the end of this object.
  UplinkCheck(Network& network, const config::UplinkSource& definition, Duration within,
              bool first_is_enough, std::function<void(UplinkSeen)> told);
  ~UplinkCheck();
  UplinkCheck(const UplinkCheck&) = delete;
  UplinkCheck& operator=(const UplinkCheck&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
