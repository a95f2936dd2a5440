// Risk: a unit that has failed, or was never loaded, shows as well.
#include "sources/unit_table.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace tocsin::sources;

namespace {

constexpr const char* kNginx = "/org/freedesktop/systemd1/unit/nginx_2eservice";

UnitTable table_of(std::vector<std::string> required = {}) {
  const config::SystemdSource defaults;
  return {defaults.include, defaults.exclude, std::move(required)};
}

UnitSeen unit_seen(const std::string& name, const std::string& active,
                   const std::string& load = "loaded") {
  UnitSeen unit;
  unit.name = name;
  unit.load = load;
  unit.active = active;
  return unit;
}

bool shows(const UnitTable& table, const std::string& line) {
  const std::string body = table.render({}, WallTime(hours(1000)), hours(10));
  return ("\n" + body).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("units: services, timers and sockets are watched, and what is required whatever it is") {
  const UnitTable table = table_of({"srv-data.mount"});
  CHECK(table.wants("nginx.service"));
  CHECK(table.wants("backup.timer"));
  CHECK(table.wants("srv-data.mount"));
  CHECK_FALSE(table.wants("srv-other.mount"));
  CHECK_FALSE(table.wants("user.slice"));
}

TEST_CASE("units: a change of state is a change of all five states") {
  UnitTable table = table_of();
  table.put(kNginx, unit_seen("nginx.service", "active"));
  CHECK(shows(table, R"(node_systemd_unit_state{name="nginx.service",state="active"} 1)"));
  table.change(kNginx, {{"ActiveState", std::string("failed")},
                        {"Result", std::string("exit-code")},
                        {"Type", std::string("notify")},
                        {"NRestarts", std::uint64_t{4}},
                        {"Unheard", std::string("of")}});
  CHECK(shows(table,
              R"(node_systemd_unit_state{name="nginx.service",state="active",type="notify"} 0)"));
  CHECK(shows(table,
              R"(node_systemd_unit_state{name="nginx.service",state="failed",type="notify"} 1)"));
  CHECK(shows(table, R"(node_systemd_service_restart_total{name="nginx.service"} 4)"));
  CHECK(shows(table, R"(node_systemd_units{state="failed"} 1)"));
  CHECK(table.trouble() == "nginx.service is failed (exit-code)");
  table.change("/unheard/of", {{"ActiveState", std::string("active")}});
  table.remove(kNginx);
  CHECK(table.trouble() == "");
}

TEST_CASE("units: one that begins is told once") {
  UnitTable table = table_of();
  table.put(kNginx, unit_seen("nginx.service", "inactive"));
  const auto becomes = [&](const std::string& active) {
    return table.change(kNginx, {{"ActiveState", active}});
  };
  CHECK_FALSE(becomes("inactive"));
  CHECK(becomes("activating"));
  CHECK_FALSE(becomes("active"));
  CHECK_FALSE(becomes("inactive"));
  CHECK(becomes("failed"));
  CHECK_FALSE(table.change("/unheard/of", {{"ActiveState", std::string("active")}}));
}

TEST_CASE("units: a required unit runs, or the reason is told") {
  UnitTable table = table_of({"nginx.service"});
  CHECK(table.trouble() == "nginx.service must run and is not loaded");
  CHECK(shows(table, R"(systemd_required_active{name="nginx.service"} 0)"));
  const auto trouble = [&](UnitSeen unit) {
    table.put(kNginx, std::move(unit));
    return table.trouble();
  };
  CHECK(trouble(unit_seen("nginx.service", "inactive", "not-found")) ==
        "nginx.service must run and is not loaded");
  CHECK(trouble(unit_seen("nginx.service", "inactive", "masked")) ==
        "nginx.service must run and is masked");
  CHECK(trouble(unit_seen("nginx.service", "inactive")) ==
        "nginx.service must run and is inactive");
  CHECK(trouble(unit_seen("nginx.service", "activating")) ==
        "nginx.service must run and is activating");
  UnitSeen failed = unit_seen("nginx.service", "failed");
  failed.result = "signal";
  CHECK(trouble(failed) == "nginx.service must run and is failed (signal)");
  CHECK(trouble(unit_seen("nginx.service", "reloading")) == "");
  CHECK(trouble(unit_seen("nginx.service", "active")) == "");
  CHECK(shows(table, R"(systemd_required_active{name="nginx.service"} 1)"));
}

TEST_CASE("units: a timer is due by the calendar or by the clock since boot, or not at all") {
  UnitTable table = table_of();
  table.put("/t", unit_seen("backup.timer", "active"));
  const auto due = [&](std::uint64_t wall, std::uint64_t monotonic) {
    table.change("/t", {{"NextElapseUSecRealtime", wall}, {"NextElapseUSecMonotonic", monotonic}});
    const std::string body = table.render({}, WallTime(hours(1000)), hours(10));
    const std::size_t at = body.find("systemd_timer_next_elapse_seconds{name=\"backup.timer\"} ");
    return at == std::string::npos ? "" : body.substr(at + 55, body.find('\n', at) - at - 55);
  };
  constexpr std::uint64_t kHour = 3'600'000'000;
  CHECK(due(1001 * kHour, 0) == "3603600");
  CHECK(due(0, 12 * kHour) == "3607200");  // in two hours
  CHECK(due(0, 0) == "");
  CHECK(due(~std::uint64_t{0}, ~std::uint64_t{0}) == "");
}

TEST_CASE("units: an expression that is none watches nothing, and ends nothing") {
  CHECK_FALSE(UnitTable("(", "", {}).wants("nginx.service"));
}
