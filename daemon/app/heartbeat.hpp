// The dead man's switch: pings a service outside, by the conventions of healthchecks, which tells
// people when the pings stop or say that tocsin fails. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/boot_timer.hpp"
#include "receivers/sender.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::app {

/// The URL by which the service is told of a failure. Pure.
[[nodiscard]] std::string fail_url(std::string_view url);

class Heartbeat {
 public:
  /// `look` says what stands still; nothing where all moves on.
  Heartbeat(loop::HttpClient& http, std::function<std::vector<std::string>()> look);

  /// From now on this one, or none. One that is equal goes on.
  void configure(std::optional<config::Heartbeat> wanted);
  void stop();

  struct Counts {
    std::uint64_t success = 0;
    std::uint64_t failure = 0;  ///< the service was told that tocsin fails
    std::uint64_t unsent = 0;   ///< the service did not say yes
    std::uint64_t unsent_in_a_row = 0;
    bool well = true;  ///< nothing stood still at the last look
  };
  /// None where none is configured.
  [[nodiscard]] std::optional<Counts> counts() const;

 private:
  void wait_until(BootTime due);
  void ping();
  void send(const std::vector<std::string>& troubles);
  void answered(bool well, const std::string& trouble);
  void note(const std::vector<std::string>& troubles);

  loop::HttpClient& http_;
  std::function<std::vector<std::string>()> look_;
  std::optional<config::Heartbeat> configured_;
  loop::BootTimer timer_;
  BootTime due_;
  std::unique_ptr<receivers::Sender> sender_;
  bool under_way_ = false;
  Counts counts_;
};

}  // namespace tocsin::app
