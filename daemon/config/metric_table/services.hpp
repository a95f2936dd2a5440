// What services give that are asked in their own language: HTTP, Redis, PostgreSQL.
#pragma once

#include <array>

#include "tocsin/config/metrics.hpp"

namespace tocsin::config {

inline constexpr std::array kOfHttp = {
    Metric{"probe_success", kGauge, "", "1 where the answer came and was a good one, else 0."},
    Metric{"probe_failure_info", kGauge, "reason",
           "Why the probe failed; only while it fails, always 1."},
    Metric{"probe_duration_seconds", kGauge, "", "How long the probe took in all."},
    Metric{"probe_http_status_code", kGauge, "", "The answer's status; 0 without an answer."},
    Metric{"probe_http_duration_seconds", kGauge, "phase",
           "How long each phase of the last hop took: resolve, connect, tls, processing, "
           "transfer."},
    Metric{"probe_dns_lookup_time_seconds", kGauge, "", "How long the name's resolution took."},
    Metric{"probe_ssl_earliest_cert_expiry", kGauge, "",
           "When the first certificate of the chain expires, in Unix seconds: `- time()` is "
           "what is left."},
    Metric{"probe_ssl_verify_error_info", kGauge, "error",
           "Why the certificate is not good; only while it is not, always 1."},
    Metric{"probe_tls_version_info", kGauge, "version",
           "The TLS version that was agreed upon; always 1."},
    Metric{"probe_http_ssl", kGauge, "", "1 where the last hop came by TLS."},
    Metric{"probe_http_redirects", kGauge, "", "Redirects that were followed."},
    Metric{"probe_http_version", kGauge, "", "The answer's version of HTTP."},
    Metric{"probe_http_content_length", kGauge, "", "What the answer says of its length, or -1."},
    Metric{"probe_http_uncompressed_body_length", kGauge, "", "The length of the body in bytes."},
    Metric{"probe_failed_due_to_regex", kGauge, "", "1 where it failed by a regular expression."},
    Metric{"probe_ip_protocol", kGauge, "", "The address's protocol, 4 or 6."},
};

inline constexpr std::array kOfRedis = {
    Metric{"redis_up", kGauge, "", "1 where INFO was answered."},
    Metric{"redis_ping_seconds", kGauge, "", "A PING's way there and back."},
    Metric{"redis_memory_used_bytes", kGauge, "", "Memory that Redis has given out."},
    Metric{"redis_memory_max_bytes", kGauge, "", "maxmemory; 0 for no limit."},
    Metric{"redis_memory_used_rss_bytes", kGauge, "", "Memory that the process holds."},
    Metric{"redis_memory_used_peak_bytes", kGauge, "", "The most that it ever had."},
    Metric{"redis_mem_fragmentation_ratio", kGauge, "", "Held against given out."},
    Metric{"redis_connected_clients", kGauge, "", "Clients that are connected."},
    Metric{"redis_blocked_clients", kGauge, "", "Clients that wait in a blocking call."},
    Metric{"redis_max_clients", kGauge, "", "maxclients."},
    Metric{"redis_rejected_connections_total", kCounter, "",
           "Connections refused over maxclients."},
    Metric{"redis_connections_received_total", kCounter, "", "Connections taken."},
    Metric{"redis_commands_processed_total", kCounter, "", "Commands processed."},
    Metric{"redis_instantaneous_ops_per_sec", kGauge, "", "Commands a second, as Redis reckons."},
    Metric{"redis_keyspace_hits_total", kCounter, "", "Look-ups that found a key."},
    Metric{"redis_keyspace_misses_total", kCounter, "", "Look-ups that found none."},
    Metric{"redis_evicted_keys_total", kCounter, "", "Keys removed for want of memory."},
    Metric{"redis_expired_keys_total", kCounter, "", "Keys whose time was over."},
    Metric{"redis_total_error_replies", kCounter, "", "Errors that were answered."},
    Metric{"redis_errors_total", kCounter, "err", "Errors that were answered, by their kind."},
    Metric{"redis_db_keys", kGauge, "db", "Keys by database."},
    Metric{"redis_db_keys_expiring", kGauge, "db", "Keys that expire, by database."},
    Metric{"redis_db_avg_ttl_seconds", kGauge, "db", "Average time to live."},
    Metric{"redis_rdb_last_bgsave_status redis_aof_last_write_status "
           "redis_aof_last_bgrewrite_status",
           kGauge, "", "1 where the last snapshot, write or rewrite of the log succeeded."},
    Metric{"redis_rdb_last_save_timestamp_seconds", kGauge, "",
           "When it was last saved, in Unix seconds."},
    Metric{"redis_rdb_changes_since_last_save", kGauge, "", "Changes since then."},
    Metric{"redis_loading_dump_file", kGauge, "", "1 while it loads its data."},
    Metric{"redis_connected_slaves", kGauge, "", "Replicas that are connected."},
    Metric{"redis_connected_slave_offset_bytes", kGauge, "slave_ip slave_port slave_state",
           "How far a replica is."},
    Metric{"redis_connected_slave_lag_seconds", kGauge, "slave_ip slave_port slave_state",
           "Since a replica last told."},
    Metric{"redis_master_link_up", kGauge, "master_host master_port",
           "1 where the replica has its master."},
    Metric{"redis_master_last_io_seconds_ago", kGauge, "master_host master_port",
           "Seconds since the master last told."},
    Metric{"redis_master_sync_in_progress", kGauge, "master_host master_port",
           "1 while a full resynchronisation is under way."},
    Metric{"redis_instance_info", kGauge,
           "maxmemory_policy os redis_build_id redis_mode redis_version role run_id tcp_port",
           "What this Redis is; always 1."},
    Metric{"redis_uptime_in_seconds", kGauge, "", "How long it has run."},
    Metric{"redis_cpu_sys_children_seconds_total redis_cpu_sys_seconds_total "
           "redis_cpu_user_children_seconds_total redis_cpu_user_seconds_total "
           "redis_evicted_clients_total redis_expired_time_cap_reached_total "
           "redis_net_input_bytes_total redis_net_output_bytes_total",
           kCounter, "", "INFO's figure of that name."},
    Metric{"redis_active_defrag_running redis_allocator_active_bytes "
           "redis_allocator_allocated_bytes redis_allocator_frag_bytes "
           "redis_allocator_frag_ratio redis_allocator_resident_bytes redis_allocator_rss_bytes "
           "redis_allocator_rss_ratio redis_aof_base_size_bytes redis_aof_buffer_length "
           "redis_aof_current_rewrite_duration_sec redis_aof_current_size_bytes "
           "redis_aof_delayed_fsync redis_aof_enabled redis_aof_last_cow_size_bytes "
           "redis_aof_last_rewrite_duration_sec redis_aof_pending_bio_fsync "
           "redis_aof_pending_rewrite redis_aof_rewrite_in_progress redis_aof_rewrite_scheduled "
           "redis_client_recent_max_input_buffer_bytes "
           "redis_client_recent_max_output_buffer_bytes redis_cluster_enabled "
           "redis_expired_stale_percentage redis_latest_fork_usec "
           "redis_lazyfree_pending_objects redis_master_repl_offset redis_mem_clients_normal "
           "redis_mem_clients_slaves redis_mem_fragmentation_bytes "
           "redis_mem_not_counted_for_eviction_bytes redis_memory_used_dataset_bytes "
           "redis_memory_used_lua_bytes redis_memory_used_overhead_bytes "
           "redis_memory_used_scripts_bytes redis_memory_used_startup_bytes "
           "redis_pubsub_channels redis_pubsub_patterns redis_rdb_bgsave_in_progress "
           "redis_rdb_current_bgsave_duration_sec redis_rdb_last_bgsave_duration_sec "
           "redis_rdb_last_cow_size_bytes redis_repl_backlog_first_byte_offset "
           "redis_repl_backlog_history_bytes redis_repl_backlog_is_active "
           "redis_replica_partial_resync_accepted redis_replica_partial_resync_denied "
           "redis_replica_resyncs_full redis_replication_backlog_bytes redis_second_repl_offset "
           "redis_slave_expires_tracked_keys redis_slave_priority "
           "redis_total_system_memory_bytes redis_tracking_clients",
           kGauge, "", "INFO's figure of that name."},
};

inline constexpr std::array kOfPostgres = {
    Metric{"pg_up", kGauge, "", "1 where the server answers."},
    Metric{"pg_probe_query_seconds", kGauge, "", "How long the least of queries took."},
    Metric{"pg_settings_max_connections", kGauge, "", "Connections that the server takes."},
    Metric{"pg_settings_superuser_reserved_connections", kGauge, "",
           "Of these, kept for superusers."},
    Metric{"pg_postmaster_start_time_seconds", kGauge, "",
           "When the server started, in Unix seconds."},
    Metric{"pg_replication_is_replica", kGauge, "", "Whether it is a replica."},
    Metric{"pg_replication_lag_seconds", kGauge, "",
           "How far a replica is behind; 0 of a primary."},
    Metric{"pg_pool_size", kGauge, "",
           "Connections that there may be: the configured pool's, or the server's."},
    Metric{"pg_pool_connections", kGauge, "", "Connections that count against the pool."},
    Metric{"pg_stat_activity_count", kGauge, "datname state", "Connections by database and state."},
    Metric{"pg_stat_activity_max_tx_duration", kGauge, "datname state",
           "The longest transaction under way, in seconds."},
    Metric{"pg_slow_queries", kGauge, "datname state",
           "Queries under way for longer than `slow_after`."},
    Metric{"pg_database_size_bytes", kGauge, "datname", "Disk space that the database takes."},
    Metric{"pg_stat_database_numbackends", kGauge, "datname", "Connections to it."},
    Metric{"pg_stat_database_xact_commit", kCounter, "datname", "Transactions committed."},
    Metric{"pg_stat_database_xact_rollback", kCounter, "datname", "Transactions rolled back."},
    Metric{"pg_stat_database_blks_read", kCounter, "datname", "Blocks read from disk."},
    Metric{"pg_stat_database_blks_hit", kCounter, "datname", "Blocks found in the cache."},
    Metric{"pg_stat_database_tup_returned", kCounter, "datname", "Rows returned."},
    Metric{"pg_stat_database_tup_fetched", kCounter, "datname", "Rows fetched."},
    Metric{"pg_stat_database_tup_inserted", kCounter, "datname", "Rows inserted."},
    Metric{"pg_stat_database_tup_updated", kCounter, "datname", "Rows updated."},
    Metric{"pg_stat_database_tup_deleted", kCounter, "datname", "Rows deleted."},
    Metric{"pg_stat_database_conflicts", kCounter, "datname", "Queries cancelled by recovery."},
    Metric{"pg_stat_database_temp_files", kCounter, "datname", "Temporary files."},
    Metric{"pg_stat_database_temp_bytes", kCounter, "datname", "Bytes in temporary files."},
    Metric{"pg_stat_database_deadlocks", kCounter, "datname", "Deadlocks."},
    Metric{"pg_stat_replication_pg_wal_lsn_diff", kGauge, "application_name client_addr state",
           "Bytes that a standby has still to replay."},
    Metric{"pg_stat_replication_replay_lag_seconds", kGauge, "application_name client_addr state",
           "How long ago what a standby has replayed was written here."},
    Metric{"pg_scrape_collector_success", kGauge, "collector",
           "1 where a query was answered well: server, activity, databases, standbys, and your "
           "own by their names."},
};

}  // namespace tocsin::config
