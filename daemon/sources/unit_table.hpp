// What is known of systemd's units: a list, kept up to date by the changes that systemd tells.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/model/matcher.hpp"

namespace tocsin::sources {

/// A property as the bus gives it; what is of another type is not needed.
using UnitValue = std::variant<std::string, std::uint64_t>;
using UnitProperties = std::vector<std::pair<std::string, UnitValue>>;

struct UnitSeen {
  std::string name;
  std::string load;    ///< "loaded", "not-found", "error", "masked", …
  std::string active;  ///< "active", "failed", "inactive", …
  std::string sub;
  std::string type;    ///< of a service: "simple", "notify", …
  std::string result;  ///< why a service or timer failed: "exit-code", "signal", "timeout", …
  std::string control_group;
  std::uint64_t restarts = 0;
  std::uint64_t started_us = 0;         ///< Unix microseconds, 0 never
  std::uint64_t last_trigger_us = 0;    ///< of a timer
  std::uint64_t next_wall_us = 0;       ///< of a timer, 0 none
  std::uint64_t next_monotonic_us = 0;  ///< of a timer, CLOCK_MONOTONIC
};

/// What a unit uses, where it has a control group.
struct UnitUse {
  std::optional<std::uint64_t> memory_bytes;
  std::optional<double> cpu_seconds;
};

class UnitTable {
 public:
  /// Regular expressions as validation has let them through.
  UnitTable(const std::string& include, const std::string& exclude,
            std::vector<std::string> required);

  /// Whether the unit is to be watched at all.
  [[nodiscard]] bool wants(std::string_view name) const;
  void clear() { by_path_.clear(); }
  /// One of the list, by its object's path.
  void put(const std::string& path, UnitSeen unit);
  void remove(const std::string& path) { by_path_.erase(path); }
  /// Some of its properties, of whatever interface; an unknown path is not heeded. Whether it was
  /// inactive before, and is not any more.
  bool change(const std::string& path, const UnitProperties& properties);

  [[nodiscard]] std::vector<const UnitSeen*> units() const;
  /// Required units that do not run, with why; failed ones. "" where all is well.
  [[nodiscard]] std::string trouble() const;
  /// node_exporter's names where it has one. `monotonic` is the same moment on that clock.
  [[nodiscard]] std::string render(const std::map<std::string, UnitUse>& use, WallTime now,
                                   Duration monotonic) const;

 private:
  [[nodiscard]] const UnitSeen* named(std::string_view name) const;
  /// "" where it runs, or waits for its time.
  [[nodiscard]] std::string why_not(const std::string& required) const;

  Matcher include_;
  Matcher exclude_;
  std::vector<std::string> required_;
  std::map<std::string, UnitSeen> by_path_;
};

}  // namespace tocsin::sources
