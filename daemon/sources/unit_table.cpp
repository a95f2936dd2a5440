#include "sources/unit_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sources/exposition.hpp"

namespace tocsin::sources {
namespace {

constexpr std::array<std::string_view, 5> kUnitStates = {"active", "activating", "deactivating",
                                                         "inactive", "failed"};
constexpr std::uint64_t kNever = ~std::uint64_t{0};

double in_unix_seconds(std::uint64_t microseconds) {
  return static_cast<double>(microseconds) / 1e6;
}

bool ends_with_kind(const UnitSeen& unit, std::string_view kind) {
  return std::string_view(unit.name).ends_with(kind);
}

void set_text(const UnitProperties::value_type& property, std::string_view name, std::string& out) {
  if (property.first != name) return;
  if (const auto* text = std::get_if<std::string>(&property.second)) out = *text;
}

void set_number(const UnitProperties::value_type& property, std::string_view name,
                std::uint64_t& out) {
  if (property.first != name) return;
  if (const auto* number = std::get_if<std::uint64_t>(&property.second)) {
    out = *number == kNever ? 0 : *number;
  }
}

Matcher unit_matcher(const std::string& regex) {
  auto made = Matcher::make("unit", MatchOp::regex, regex);
  return made ? *std::move(made) : *Matcher::make("unit", MatchOp::equal, "");
}

}  // namespace

UnitTable::UnitTable(const std::string& include, const std::string& exclude,
                     std::vector<std::string> required)
    : include_(unit_matcher(include)),
      exclude_(unit_matcher(exclude)),
      required_(std::move(required)) {}

bool UnitTable::wants(std::string_view name) const {
  if (std::ranges::find(required_, name) != required_.end()) return true;
  return include_.matches(name) && !exclude_.matches(name);
}

void UnitTable::put(const std::string& path, UnitSeen unit) {
  by_path_.insert_or_assign(path, std::move(unit));
}

bool UnitTable::change(const std::string& path, const UnitProperties& properties) {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return false;
  UnitSeen& unit = found->second;
  const bool was_inactive = unit.active == "inactive";
  for (const auto& each : properties) {
    set_text(each, "LoadState", unit.load);
    set_text(each, "ActiveState", unit.active);
    set_text(each, "SubState", unit.sub);
    set_text(each, "Type", unit.type);
    set_text(each, "Result", unit.result);
    set_text(each, "ControlGroup", unit.control_group);
    set_number(each, "NRestarts", unit.restarts);
    set_number(each, "ActiveEnterTimestamp", unit.started_us);
    set_number(each, "LastTriggerUSec", unit.last_trigger_us);
    set_number(each, "NextElapseUSecRealtime", unit.next_wall_us);
    set_number(each, "NextElapseUSecMonotonic", unit.next_monotonic_us);
  }
  return was_inactive && unit.active != "inactive";
}

std::vector<const UnitSeen*> UnitTable::units() const {
  std::vector<const UnitSeen*> all;
  for (const auto& [path, unit] : by_path_) all.push_back(&unit);
  std::ranges::sort(all, {}, &UnitSeen::name);
  return all;
}

const UnitSeen* UnitTable::named(std::string_view name) const {
  for (const auto& [path, unit] : by_path_)
    if (unit.name == name) return &unit;
  return nullptr;
}

std::string UnitTable::why_not(const std::string& required) const {
  const UnitSeen* const unit = named(required);
  if (unit == nullptr || unit->load == "not-found") return "is not loaded";
  if (unit->load != "loaded") return "is " + unit->load;
  if (unit->active == "active" || unit->active == "reloading") return "";
  if (unit->active == "failed" && !unit->result.empty() && unit->result != "success") {
    return fmt::format("is failed ({})", unit->result);
  }
  return "is " + unit->active;
}

std::string UnitTable::trouble() const {
  std::string out;
  const auto add = [&out](const std::string& what) { out += (out.empty() ? "" : "; ") + what; };
  for (const std::string& name : required_) {
    if (const std::string why = why_not(name); !why.empty()) {
      add(fmt::format("{} must run and {}", name, why));
    }
  }
  for (const UnitSeen* unit : units()) {
    if (unit->active != "failed" || std::ranges::find(required_, unit->name) != required_.end())
      continue;
    const bool why = !unit->result.empty() && unit->result != "success";
    add(fmt::format("{} is failed{}", unit->name, why ? " (" + unit->result + ")" : ""));
  }
  return out;
}

std::string UnitTable::render(const std::map<std::string, UnitUse>& use, WallTime now,
                              Duration monotonic) const {
  Exposition out;
  MetricFamily& states = out.gauge(
      "node_systemd_unit_state",
      "1 for the state that each unit is in: active, activating, deactivating, failed, inactive.");
  MetricFamily& restarts = out.counter("node_systemd_service_restart_total",
                                       "How often systemd has restarted each service.");
  MetricFamily& starts =
      out.gauge("node_systemd_unit_start_time_seconds", "When each unit started, in Unix seconds.");
  MetricFamily& triggers = out.gauge("node_systemd_timer_last_trigger_seconds",
                                     "When each timer was last due, in Unix seconds.");
  MetricFamily& next = out.gauge("systemd_timer_next_elapse_seconds",
                                 "When each timer is due next, in Unix seconds.");
  MetricFamily& memory = out.gauge("systemd_unit_memory_bytes",
                                   "Memory of the unit's control group that cannot be given back.");
  MetricFamily& cpu =
      out.counter("systemd_unit_cpu_seconds_total", "Processor time of the unit's control group.");
  std::map<std::string_view, double> counts;
  for (const std::string_view state : kUnitStates) counts[state] = 0;
  for (const UnitSeen* unit : units()) {
    const LabelView name{"name", unit->name};
    const std::string_view active =
        unit->active == "reloading" ? std::string_view("active") : std::string_view(unit->active);
    counts[active] += 1;
    for (const std::string_view state : kUnitStates) {
      states.add({name, {"state", state}, {"type", unit->type}}, active == state ? 1 : 0);
    }
    if (ends_with_kind(*unit, ".service")) {
      restarts.add({name}, static_cast<double>(unit->restarts));
    }
    starts.add({name}, active == "active" ? in_unix_seconds(unit->started_us) : 0);
    if (ends_with_kind(*unit, ".timer")) {
      triggers.add({name}, in_unix_seconds(unit->last_trigger_us));
      if (unit->next_wall_us != 0) {
        next.add({name}, in_unix_seconds(unit->next_wall_us));
      } else if (unit->next_monotonic_us != 0) {
        next.add({name}, in_seconds(now.time_since_epoch()) +
                             in_unix_seconds(unit->next_monotonic_us) - in_seconds(monotonic));
      }
    }
    const auto used = use.find(unit->name);
    if (used == use.end()) continue;
    if (used->second.memory_bytes)
      memory.add({name}, static_cast<double>(*used->second.memory_bytes));
    if (used->second.cpu_seconds) cpu.add({name}, *used->second.cpu_seconds);
  }
  MetricFamily& summary = out.gauge("node_systemd_units", "Units by state.");
  for (const auto& [state, count] : counts) summary.add({{"state", state}}, count);
  MetricFamily& required =
      out.gauge("systemd_required_active", "1 where a unit of `required` runs.");
  for (const std::string& name : required_) {
    required.add({{"name", name}}, why_not(name).empty() ? 1 : 0);
  }
  return out.text();
}

}  // namespace tocsin::sources
