#include "app/status_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::app {

namespace {

std::string many(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string incidents(const engine::Status& status) {
  if (status.open_incidents == 0) return "";
  return fmt::format("; {} open, {} not acknowledged", many(status.open_incidents, "incident"),
                     status.unacknowledged);
}

std::string silent_targets(const engine::Status& status) {
  const auto silent = std::ranges::count_if(status.targets, [](const engine::TargetStatus& target) {
    return target.last_outcome && !target.answered;
  });
  if (silent == 0) return "";
  return fmt::format("; {} without an answer", many(static_cast<std::size_t>(silent), "target"));
}

std::string failing_receivers(const engine::Status& status) {
  const auto failing =
      std::ranges::count_if(status.receivers, [](const engine::ReceiverStatus& receiver) {
        return receiver.refuses || receiver.consecutive_failures > 0;
      });
  if (failing == 0) return "";
  return fmt::format("; {} not reached", many(static_cast<std::size_t>(failing), "receiver"));
}

}  // namespace

std::string status_line(const engine::Status& status, const ConfigState& config) {
  std::string out =
      fmt::format("{}, {}, {}", many(status.targets.size(), "target"),
                  many(status.rules.size(), "rule"), many(status.receivers.size(), "receiver"));
  out += incidents(status);
  if (status.storage_degraded) out += "; storage does not record";
  out += failing_receivers(status) + silent_targets(status);
  if (!config.last_ok) out += "; the last reload was refused";
  return out;
}

}  // namespace tocsin::app
