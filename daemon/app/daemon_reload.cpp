// A new configuration in place of the one that runs: the whole of it, or nothing.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/daemon.hpp"
#include "app/notes.hpp"
#include "loop/clock.hpp"
#include "loop/log.hpp"
#include "loop/memory.hpp"

namespace tocsin::app {

namespace {

constexpr Duration kReadWithin = std::chrono::seconds(30);

bool same_host_source(const config::Config& a, const config::Config& b) {
  const auto find = [](const config::Config& config) -> const config::HostSource* {
    for (const config::Source& source : config.sources)
      if (const auto* const host = std::get_if<config::HostSource>(&source.kind)) return host;
    return nullptr;
  };
  const auto* const one = find(a);
  const auto* const other = find(b);
  return one == nullptr || other == nullptr ? one == other : *one == *other;
}

/// What a reload cannot change, in words; "" where it need not.
std::string needs_restart(const config::Difference& changes) {
  std::string out;
  for (const config::Change& change : changes.changes) {
    for (const config::Detail& detail : change.details) {
      if (!detail.at_next_start) continue;
      out += fmt::format("{}[{}] {}", out.empty() ? "" : ", ", change.name, detail.key);
    }
  }
  return out;
}

config::Description described(config::Config config, const Places& places) {
  config.listen = places.listen;
  config.control = places.control;
  config.storage = places.storage;
  return config::describe(config);
}

/// `check` shows them, and often has just done so.
std::string count_of_warnings(std::size_t count) {
  if (count == 0) return {};
  return count == 1 ? "1 warning: `tocsin check` shows it\n"
                    : fmt::format("{} warnings: `tocsin check` shows them\n", count);
}

/// Each line is a line of the log: diagnostics stand over their carets.
void log_lines(loop::log::Level level, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) loop::log::write(level, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

// One that is asked for while another is under way reads the files anew: they may have changed.
void Daemon::reload(std::function<void(const Reloaded&)> done) {
  await_reload_.push_back(std::move(done));
  if (!reloading_) begin_reload();
}

// The files are read on the pool: a hung file system must not stop the loop.
void Daemon::begin_reload() {
  reloading_ = true;
  systemd_.reloading();
  const auto waiting = std::exchange(await_reload_, {});
  const std::function<Configuration()> load = [options = options_] {
    return load_configuration(options);
  };
  workers_.submit<Configuration>("configuration", load, kReadWithin,
                                 [this, waiting](loop::JobEnd, std::optional<Configuration> read) {
                                   const Reloaded result = reloaded(std::move(read));
                                   reloading_ = false;
                                   for (const auto& done : waiting) done(result);
                                   if (!await_reload_.empty()) begin_reload();
                                 });
}

Reloaded Daemon::reloaded(std::optional<Configuration> read) {
  Reloaded out;
  Result<void> applied;
  const std::string diagnostics = read ? config::render(read->diagnostics) : "";
  const std::size_t warnings = read ? read->diagnostics.size() : 0;
  const config::Description before = described();
  if (stopping_) {
    applied = fail(ErrorCode::unavailable, "tocsin is stopping");
  } else if (!read) {
    applied = fail(ErrorCode::timeout, "the files could not be read in time");
  } else if (!read->config) {
    applied = fail(ErrorCode::invalid, "the configuration has errors");
  } else {
    out.changes = config::difference(before, app::described(*read->config, read->written));
    applied = apply(std::move(*read));
  }
  out.ok = applied.has_value();
  config_state_.last_ok = out.ok;
  if (out.ok) {
    ++config_state_.reloads;
    config_state_.loaded_at = loop::now().wall;
    config_state_.last_error.clear();
    config_state_.older_than_files = false;
    const config::EngineConfig& engine = config_.engine;
    out.notes = notes_on(new_expressions(out.changes, engine), engine.records,
                         adds_target(out.changes), driver_->engine());
    out.text = "reloaded: " + summary() + "\n" + config::render(out.changes);
    for (const std::string& note : out.notes) out.text += "note: " + note + "\n";
    log_lines(loop::log::Level::info, diagnostics + out.text);
    out.text += count_of_warnings(warnings);
    if (const std::string late = needs_restart(out.changes); !late.empty())
      loop::log::warning(late + " takes effect at the next start");
  } else {
    ++config_state_.reloads_failed;
    out.text = diagnostics + "not reloaded, nothing has changed: " + applied.error().text;
    config_state_.last_error = out.text;
    log_lines(loop::log::Level::error, out.text);
  }
  read.reset();
  loop::give_back_memory();
  systemd_.ready(summary());
  return out;
}

Result<void> Daemon::apply(Configuration read) {
  config::Config config = std::move(*read.config);
  // Kept alive until the old source that reads it is gone.
  std::unique_ptr<sources::HostCollector> old_host;
  if (!same_host_source(config_, config)) {
    old_host = std::move(host_);
    if (auto made = make_host_collector(config); !made) {
      host_ = std::move(old_host);
      return made;
    }
  }
  const Duration link_expires = config.listen.link_expires;
  config.listen = config_.listen;
  config.listen.link_expires = written_.listen.link_expires = link_expires;
  links_.expire_after(link_expires);
  config.control.socket = config_.control.socket;
  config.storage.path = config_.storage.path;
  config_ = std::move(config);
  tell_host_what_rules_read();
  written_.control.may_speak_for_others = config_.control.may_speak_for_others;
  snapshot_ = std::move(read.snapshot);
  receivers_.configure(config_.receivers);
  driver_->configured(config_.engine);
  history_->configure(config_.storage);
  scrapers_->configure(config_.engine.host, config_.sources);
  receivers_.retire(driver_->engine().retired_receivers());
  heartbeat_.configure(config_.heartbeat);
  return {};
}

// What is opened once stays as the files said when it was opened.
config::Description Daemon::described() const {
  return app::described(config_, written_);
}

// Their stamps first; only where one is new are they read, and only other contents count.
void Daemon::look_at_files() {
  if (looking_at_files_ || reloading_ || snapshot_.stamps.empty()) return;
  looking_at_files_ = true;
  const std::function<toml::Snapshot()> look = [options = options_, known = snapshot_] {
    return known.untouched() ? known : load_configuration(options).snapshot;
  };
  workers_.submit<toml::Snapshot>(
      "configuration files", look, kReadWithin,
      [this, loaded_at = config_state_.loaded_at](loop::JobEnd,
                                                  std::optional<toml::Snapshot> found) {
        looking_at_files_ = false;
        if (!found || reloading_ || loaded_at != config_state_.loaded_at) return;
        config_state_.older_than_files = found->contents != snapshot_.contents;
        if (!config_state_.older_than_files) snapshot_ = std::move(*found);
      });
}

}  // namespace tocsin::app
