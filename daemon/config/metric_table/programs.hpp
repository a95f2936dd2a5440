// What jobs, units, files and processes of this host give.
#pragma once

#include <array>

#include "tocsin/config/metrics.hpp"

namespace tocsin::config {

inline constexpr std::array kOfJob = {
    Metric{"job_late_seconds", kGauge, "",
           "How long a success is overdue, by expect_every and grace; negative while it is not."},
    Metric{"job_since_success_seconds", kGauge, "",
           "Since its last success, or since it was first configured."},
    Metric{"job_failed", kGauge, "", "1 where the last run that ended failed."},
    Metric{"job_exit_code", kGauge, "", "Of the last run that ended."},
    Metric{"job_running", kGauge, "", "1 where it has begun and not ended."},
    Metric{"job_running_seconds", kGauge, "", "Since it began; only while it runs."},
    Metric{"job_overrun_seconds", kGauge, "",
           "How much longer it runs than runs_at_most; negative while it does not. Only with "
           "that key."},
    Metric{"job_last_run_seconds", kGauge, "",
           "How long the last run took that told of both its ends."},
    Metric{"job_last_success_timestamp_seconds", kGauge, "",
           "When it last succeeded, in Unix seconds."},
    Metric{"job_beats_total", kCounter, "what", "What it has reported: start, success, failure."},
    Metric{"job_unfinished_total", kCounter, "",
           "Runs that began anew before the one before had ended."},
};

inline constexpr std::array kOfSystemd = {
    Metric{"node_systemd_unit_state", kGauge, "name state type",
           "1 for the state that each unit is in: active, activating, deactivating, failed, "
           "inactive."},
    Metric{"node_systemd_units", kGauge, "state", "Units by state."},
    Metric{"systemd_required_active", kGauge, "name", "1 where a unit of `required` runs."},
    Metric{"node_systemd_service_restart_total", kCounter, "name",
           "How often systemd has restarted each service."},
    Metric{"node_systemd_unit_start_time_seconds", kGauge, "name",
           "When each unit started, in Unix seconds."},
    Metric{"node_systemd_timer_last_trigger_seconds", kGauge, "name",
           "When each timer was last due, in Unix seconds."},
    Metric{"systemd_timer_next_elapse_seconds", kGauge, "name",
           "When each timer is due next, in Unix seconds."},
    Metric{"systemd_unit_memory_bytes", kGauge, "name",
           "Memory of the unit's control group that cannot be given back."},
    Metric{"systemd_unit_cpu_seconds_total", kCounter, "name",
           "Processor time of the unit's control group."},
};

inline constexpr std::array kOfFiles = {
    Metric{"files_newest_age_seconds", kGauge, "", "How long ago the newest was written."},
    Metric{"files_overdue_seconds", kGauge, "",
           "How much older the newest is than max_age; negative while it is not. Only with that "
           "key."},
    Metric{"files_count", kGauge, "", "How many files match; 0 where none does."},
    Metric{"files_bytes", kGauge, "", "How long they are together."},
    Metric{"files_newest_bytes", kGauge, "", "How long the newest is."},
    Metric{"files_previous_bytes", kGauge, "",
           "How long the newest but one is; of a file that is written over, how long it was."},
    Metric{"files_missing_bytes", kGauge, "",
           "How much shorter the newest is than min_size. Only with that key."},
    Metric{"files_newest_timestamp_seconds", kGauge, "",
           "When the newest was written, in Unix seconds."},
    Metric{"files_newest_info", kGauge, "path", "Which is the newest; always 1."},
};

inline constexpr std::array kOfProcess = {
    Metric{"processes_count", kGauge, "", "How many run."},
    Metric{"processes_missing", kGauge, "", "How many fewer than at_least run."},
    Metric{"processes_zombies", kGauge, "", "How many have ended and are not yet waited for."},
    Metric{"processes_cpu_seconds_total", kCounter, "",
           "Processor time, of those that have ended too."},
    Metric{"processes_resident_bytes", kGauge, "",
           "Memory that they hold; what they share counts for each."},
    Metric{"processes_threads", kGauge, "", "Their threads."},
    Metric{"processes_open_files", kGauge, "", "Their descriptors."},
    Metric{"processes_open_files_ratio", kGauge, "",
           "Descriptors against their limit, of the one that is nearest to it."},
    Metric{"processes_oldest_start_time_seconds", kGauge, "",
           "When the oldest started, in Unix seconds."},
    Metric{"processes_newest_start_time_seconds", kGauge, "",
           "When the newest started, in Unix seconds."},
};

}  // namespace tocsin::config
