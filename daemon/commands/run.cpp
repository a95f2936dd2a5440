#include <fmt/format.h>

#include <cstdio>

#include "app/daemon.hpp"
#include "commands/commands.hpp"
#include "loop/log.hpp"
#include "loop/memory.hpp"
#include "toml/load.hpp"

namespace tocsin::commands {

int run_daemon(const app::RunOptions& options) {
  loop::keep_little_memory();
  app::Configuration loaded = app::load_configuration(options);
  if (!loaded.diagnostics.empty()) fmt::print(stderr, "{}", config::render(loaded.diagnostics));
  if (!loaded.config) {
    fmt::print(stderr, "tocsin: the configuration has errors\n");
    return usage_or_configuration;
  }
  loop::log::start(loop::log::Level::info);
  app::RunOptions kept = options;
  // A configuration that is lost later is a mistake, and no wish for the built-in one.
  kept.embedded = options.embedded && toml::is_absent(options.folder + "/tocsin.toml");
  auto daemon = app::Daemon::make(std::move(kept), std::move(loaded));
  if (!daemon) {
    loop::log::error("cannot start: " + daemon.error().text);
    loop::log::stop();
    return fires_or_fails;
  }
  (*daemon)->run();
  daemon->reset();
  loop::log::stop();
  return well;
}

}  // namespace tocsin::commands
