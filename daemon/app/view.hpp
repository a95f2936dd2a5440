// What the surface (metrics, API, page, control socket) may look at. All of it outlives the
// servers. Loop thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "app/driver.hpp"
#include "app/heartbeat.hpp"
#include "app/history_feed.hpp"
#include "app/loop_gauge.hpp"
#include "app/receivers.hpp"
#include "app/scrapers.hpp"
#include "http/server.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::app {

inline constexpr std::string_view kVersion = "0.1.0";
inline constexpr std::string_view kVersionDate = "2026-11-24";

/// The configuration that runs, and what became of the last one that was read.
struct ConfigState {
  std::string folder;
  WallTime loaded_at;
  bool last_ok = true;
  bool older_than_files = false;  ///< as of the last look at them
  std::string last_error;
  std::uint64_t reloads = 0;
  std::uint64_t reloads_failed = 0;
};

struct View {
  const engine::Engine& engine;
  const Scrapers& scrapers;
  const Receivers& receivers;
  const LoopGauge& gauge;
  const ConfigState& config;
  const Heartbeat& heartbeat;
  const HistoryFeed& history;
  const std::map<std::string, std::unique_ptr<http::Server>>& servers;  ///< "tcp", "control"
  Now started;
};

}  // namespace tocsin::app
