#include "sources/redis_info.hpp"

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

struct RedisName {
  std::string_view field;
  std::string_view metric;
};

constexpr std::array kRedisGauges = {
    RedisName{"uptime_in_seconds", "uptime_in_seconds"},
    RedisName{"connected_clients", "connected_clients"},
    RedisName{"blocked_clients", "blocked_clients"},
    RedisName{"tracking_clients", "tracking_clients"},
    RedisName{"maxclients", "max_clients"},
    RedisName{"client_recent_max_output_buffer", "client_recent_max_output_buffer_bytes"},
    RedisName{"client_recent_max_input_buffer", "client_recent_max_input_buffer_bytes"},
    RedisName{"allocator_active", "allocator_active_bytes"},
    RedisName{"allocator_allocated", "allocator_allocated_bytes"},
    RedisName{"allocator_resident", "allocator_resident_bytes"},
    RedisName{"allocator_frag_ratio", "allocator_frag_ratio"},
    RedisName{"allocator_frag_bytes", "allocator_frag_bytes"},
    RedisName{"allocator_rss_ratio", "allocator_rss_ratio"},
    RedisName{"allocator_rss_bytes", "allocator_rss_bytes"},
    RedisName{"used_memory", "memory_used_bytes"},
    RedisName{"used_memory_rss", "memory_used_rss_bytes"},
    RedisName{"used_memory_peak", "memory_used_peak_bytes"},
    RedisName{"used_memory_lua", "memory_used_lua_bytes"},
    RedisName{"used_memory_overhead", "memory_used_overhead_bytes"},
    RedisName{"used_memory_startup", "memory_used_startup_bytes"},
    RedisName{"used_memory_dataset", "memory_used_dataset_bytes"},
    RedisName{"used_memory_scripts", "memory_used_scripts_bytes"},
    RedisName{"maxmemory", "memory_max_bytes"},
    RedisName{"total_system_memory", "total_system_memory_bytes"},
    RedisName{"mem_fragmentation_ratio", "mem_fragmentation_ratio"},
    RedisName{"mem_fragmentation_bytes", "mem_fragmentation_bytes"},
    RedisName{"mem_clients_slaves", "mem_clients_slaves"},
    RedisName{"mem_clients_normal", "mem_clients_normal"},
    RedisName{"mem_not_counted_for_evict", "mem_not_counted_for_eviction_bytes"},
    RedisName{"lazyfree_pending_objects", "lazyfree_pending_objects"},
    RedisName{"active_defrag_running", "active_defrag_running"},
    RedisName{"expired_stale_perc", "expired_stale_percentage"},
    RedisName{"loading", "loading_dump_file"},
    RedisName{"rdb_changes_since_last_save", "rdb_changes_since_last_save"},
    RedisName{"rdb_bgsave_in_progress", "rdb_bgsave_in_progress"},
    RedisName{"rdb_last_save_time", "rdb_last_save_timestamp_seconds"},
    RedisName{"rdb_last_bgsave_status", "rdb_last_bgsave_status"},
    RedisName{"rdb_last_bgsave_time_sec", "rdb_last_bgsave_duration_sec"},
    RedisName{"rdb_current_bgsave_time_sec", "rdb_current_bgsave_duration_sec"},
    RedisName{"rdb_last_cow_size", "rdb_last_cow_size_bytes"},
    RedisName{"aof_enabled", "aof_enabled"},
    RedisName{"aof_rewrite_in_progress", "aof_rewrite_in_progress"},
    RedisName{"aof_rewrite_scheduled", "aof_rewrite_scheduled"},
    RedisName{"aof_last_rewrite_time_sec", "aof_last_rewrite_duration_sec"},
    RedisName{"aof_current_rewrite_time_sec", "aof_current_rewrite_duration_sec"},
    RedisName{"aof_last_cow_size", "aof_last_cow_size_bytes"},
    RedisName{"aof_current_size", "aof_current_size_bytes"},
    RedisName{"aof_base_size", "aof_base_size_bytes"},
    RedisName{"aof_pending_rewrite", "aof_pending_rewrite"},
    RedisName{"aof_buffer_length", "aof_buffer_length"},
    RedisName{"aof_pending_bio_fsync", "aof_pending_bio_fsync"},
    RedisName{"aof_delayed_fsync", "aof_delayed_fsync"},
    RedisName{"aof_last_bgrewrite_status", "aof_last_bgrewrite_status"},
    RedisName{"aof_last_write_status", "aof_last_write_status"},
    RedisName{"pubsub_channels", "pubsub_channels"},
    RedisName{"pubsub_patterns", "pubsub_patterns"},
    RedisName{"latest_fork_usec", "latest_fork_usec"},
    RedisName{"connected_slaves", "connected_slaves"},
    RedisName{"repl_backlog_size", "replication_backlog_bytes"},
    RedisName{"repl_backlog_active", "repl_backlog_is_active"},
    RedisName{"repl_backlog_first_byte_offset", "repl_backlog_first_byte_offset"},
    RedisName{"repl_backlog_histlen", "repl_backlog_history_bytes"},
    RedisName{"master_repl_offset", "master_repl_offset"},
    RedisName{"second_repl_offset", "second_repl_offset"},
    RedisName{"slave_expires_tracked_keys", "slave_expires_tracked_keys"},
    RedisName{"slave_priority", "slave_priority"},
    RedisName{"sync_full", "replica_resyncs_full"},
    RedisName{"sync_partial_ok", "replica_partial_resync_accepted"},
    RedisName{"sync_partial_err", "replica_partial_resync_denied"},
    RedisName{"cluster_enabled", "cluster_enabled"},
    RedisName{"instantaneous_ops_per_sec", "instantaneous_ops_per_sec"},
};

constexpr std::array kRedisCounters = {
    RedisName{"total_connections_received", "connections_received_total"},
    RedisName{"total_commands_processed", "commands_processed_total"},
    RedisName{"rejected_connections", "rejected_connections_total"},
    RedisName{"total_net_input_bytes", "net_input_bytes_total"},
    RedisName{"total_net_output_bytes", "net_output_bytes_total"},
    RedisName{"expired_keys", "expired_keys_total"},
    RedisName{"expired_time_cap_reached_count", "expired_time_cap_reached_total"},
    RedisName{"evicted_keys", "evicted_keys_total"},
    RedisName{"evicted_clients", "evicted_clients_total"},
    RedisName{"keyspace_hits", "keyspace_hits_total"},
    RedisName{"keyspace_misses", "keyspace_misses_total"},
    RedisName{"used_cpu_sys", "cpu_sys_seconds_total"},
    RedisName{"used_cpu_user", "cpu_user_seconds_total"},
    RedisName{"used_cpu_sys_children", "cpu_sys_children_seconds_total"},
    RedisName{"used_cpu_user_children", "cpu_user_children_seconds_total"},
    RedisName{"total_error_replies", "total_error_replies"},
};

constexpr std::array<std::string_view, 8> kRedisIdentity = {
    "role", "redis_version", "redis_build_id", "redis_mode",
    "os",   "tcp_port",      "run_id",         "maxmemory_policy"};

using RedisFields = std::vector<std::pair<std::string_view, std::string_view>>;

RedisFields fields_of(std::string_view text) {
  RedisFields all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (line.empty() || line.front() == '#' || colon == std::string_view::npos) continue;
    all.emplace_back(line.substr(0, colon), line.substr(colon + 1));
  }
  return all;
}

/// "ok" and "up" are 1, "err" and "fail" 0; "75.00%" is a number too.
std::optional<double> redis_number(std::string_view text) {
  if (text == "ok" || text == "up") return 1;
  if (text == "err" || text == "fail" || text == "down") return 0;
  if (text.ends_with('%')) text.remove_suffix(1);
  const Result<double> number = parse_number(text);
  return number ? std::optional(*number) : std::nullopt;
}

/// "keys=5,expires=1,avg_ttl=0"
std::map<std::string_view, std::string_view> parts_of(std::string_view text) {
  std::map<std::string_view, std::string_view> all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos) all[part.substr(0, equals)] = part.substr(equals + 1);
  }
  return all;
}

bool is_numbered(std::string_view field, std::string_view prefix) {
  if (!field.starts_with(prefix) || field.size() == prefix.size()) return false;
  return is_digit(field[prefix.size()]);
}

void add_part(MetricFamily& family, std::span<const LabelView> labels,
              const std::map<std::string_view, std::string_view>& parts, std::string_view name,
              double scale = 1) {
  const auto found = parts.find(name);
  if (found == parts.end()) return;
  if (const auto number = redis_number(found->second)) family.add(labels, *number * scale);
}

void add_keyspace(std::string_view db, std::string_view value, Exposition& out) {
  const auto parts = parts_of(value);
  const std::array<LabelView, 1> labels{LabelView{"db", db}};
  add_part(out.gauge("redis_db_keys", "Keys by database."), labels, parts, "keys");
  add_part(out.gauge("redis_db_keys_expiring", "Keys that expire, by database."), labels, parts,
           "expires");
  add_part(out.gauge("redis_db_avg_ttl_seconds", "Average time to live."), labels, parts, "avg_ttl",
           1e-3);
}

void add_replica(std::string_view value, Exposition& out) {
  const auto parts = parts_of(value);
  const auto part = [&parts](std::string_view name) {
    const auto found = parts.find(name);
    return found == parts.end() ? std::string_view() : found->second;
  };
  const std::array<LabelView, 3> labels{LabelView{"slave_ip", part("ip")},
                                        LabelView{"slave_port", part("port")},
                                        LabelView{"slave_state", part("state")}};
  add_part(out.gauge("redis_connected_slave_offset_bytes", "How far a replica is."), labels, parts,
           "offset");
  add_part(out.gauge("redis_connected_slave_lag_seconds", "Since a replica last told."), labels,
           parts, "lag");
}

void add_link(const std::map<std::string_view, std::string_view>& by_name, Exposition& out) {
  const auto value = [&by_name](std::string_view name) {
    const auto found = by_name.find(name);
    return found == by_name.end() ? std::string_view() : found->second;
  };
  if (value("role") != "slave") return;
  const std::array<LabelView, 2> labels{LabelView{"master_host", value("master_host")},
                                        LabelView{"master_port", value("master_port")}};
  const auto add = [&](std::string_view field, std::string_view metric, std::string_view help) {
    if (const auto number = redis_number(value(field)))
      out.gauge(metric, help).add(labels, *number);
  };
  add("master_link_status", "redis_master_link_up", "Whether the replica has its master.");
  add("master_last_io_seconds_ago", "redis_master_last_io_seconds_ago",
      "Since the master last told.");
  add("master_sync_in_progress", "redis_master_sync_in_progress",
      "Whether a full resynchronisation is under way.");
}

}  // namespace

bool add_redis_info(std::string_view info, Exposition& out) {
  const RedisFields fields = fields_of(info);
  std::map<std::string_view, std::string_view> by_name(fields.begin(), fields.end());
  if (!by_name.contains("redis_version") && !by_name.contains("used_memory")) return false;
  const auto add = [&](const RedisName& name, MetricType type) {
    const auto found = by_name.find(name.field);
    if (found == by_name.end()) return;
    if (const auto number = redis_number(found->second)) {
      out.family("redis_" + std::string(name.metric), type,
                 "INFO's " + std::string(name.field) + ".")
          .add(*number);
    }
  };
  for (const RedisName& name : kRedisGauges) add(name, MetricType::gauge);
  for (const RedisName& name : kRedisCounters) add(name, MetricType::counter);
  std::vector<LabelView> identity;
  for (const std::string_view name : kRedisIdentity) {
    const auto found = by_name.find(name);
    if (found != by_name.end()) identity.push_back({name, found->second});
  }
  out.gauge("redis_instance_info", "What this Redis is; always 1.").add(identity, 1);
  for (const auto& [field, value] : fields) {
    if (is_numbered(field, "db")) add_keyspace(field, value, out);
    if (is_numbered(field, "slave")) add_replica(value, out);
    if (field.starts_with("errorstat_")) {
      const std::array<LabelView, 1> labels{LabelView{"err", field.substr(10)}};
      add_part(out.counter("redis_errors_total", "Errors that were answered, by their kind."),
               labels, parts_of(value), "count");
    }
  }
  add_link(by_name, out);
  return true;
}

}  // namespace tocsin::sources
