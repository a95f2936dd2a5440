#include "sources/job_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "sources/exposition.hpp"

namespace tocsin::sources {

namespace {

namespace json = boost::json;

json::value stamp_json(const std::optional<Stamp>& stamp) {
  if (!stamp) return nullptr;
  return {{"boot", stamp->boot.time_since_epoch().count()},
          {"wall", stamp->wall.time_since_epoch().count()}};
}

Stamp stamp_in(const json::value& value) {
  const json::object& object = value.as_object();
  const auto at = [&object](std::string_view name) {
    return Duration(object.at({name.data(), name.size()}).to_number<std::int64_t>());
  };
  return {BootTime(at("boot")), WallTime(at("wall"))};
}

std::optional<Stamp> maybe_stamp(const json::object& object, std::string_view name) {
  const json::value& value = object.at({name.data(), name.size()});
  return value.is_null() ? std::nullopt : std::optional(stamp_in(value));
}

json::object job_json(const JobState& state) {
  json::object out;
  out["known_since"] = stamp_json(state.known_since);
  out["started"] = stamp_json(state.started);
  out["succeeded"] = stamp_json(state.succeeded);
  out["ended"] = stamp_json(state.ended);
  out["took"] = state.took ? json::value(state.took->count()) : json::value(nullptr);
  out["failed"] = state.failed;
  out["exit_code"] = state.exit_code;
  out["note"] = json::string(state.note);
  out["starts"] = state.starts;
  out["successes"] = state.successes;
  out["failures"] = state.failures;
  out["unfinished"] = state.unfinished;
  return out;
}

JobState job_in(const json::object& object) {
  JobState state;
  state.known_since = stamp_in(object.at("known_since"));
  state.started = maybe_stamp(object, "started");
  state.succeeded = maybe_stamp(object, "succeeded");
  state.ended = maybe_stamp(object, "ended");
  if (!object.at("took").is_null())
    state.took = Duration(object.at("took").to_number<std::int64_t>());
  state.failed = object.at("failed").as_bool();
  state.exit_code = object.at("exit_code").to_number<int>();
  const json::string& note = object.at("note").as_string();
  state.note.assign(note.data(), note.size());
  const auto count = [&object](const char* name) {
    return object.at(name).to_number<std::uint64_t>();
  };
  state.starts = count("starts");
  state.successes = count("successes");
  state.failures = count("failures");
  state.unfinished = count("unfinished");
  return state;
}

double job_seconds(Duration span) {
  return in_seconds(span);
}

}  // namespace

void take_beat(JobState& state, const Beat& beat, Now now) {
  if (beat.what == Beat::What::start) {
    if (state.started) ++state.unfinished;
    ++state.starts;
    state.started = now;
    return;
  }
  if (state.started) state.took = now.boot - state.started->boot;
  state.started.reset();
  state.ended = now;
  state.failed = beat.what == Beat::What::failure;
  state.exit_code = state.failed ? beat.exit_code : 0;
  state.note = beat.note;
  if (state.failed) {
    ++state.failures;
  } else {
    ++state.successes;
    state.succeeded = now;
  }
}

JobMeasured measure(const JobState& state, const config::JobSource& job, Now now) {
  JobMeasured out;
  const Stamp& from = state.succeeded ? *state.succeeded : state.known_since;
  out.since_success = std::max(Duration(0), now.boot - from.boot);
  out.late = out.since_success - job.expect_every - job.grace;
  if (state.started) out.running = std::max(Duration(0), now.boot - state.started->boot);
  if (out.running && job.runs_at_most) out.overrun = *out.running - *job.runs_at_most;
  return out;
}

std::string job_trouble(const JobState& state, const config::JobSource& job, Now now) {
  const JobMeasured measured = measure(state, job, now);
  if (measured.overrun.value_or(Duration(-1)) > Duration(0)) {
    return fmt::format("it runs since {}, and may for {}", humanize_duration(*measured.running),
                       humanize_duration(*job.runs_at_most));
  }
  if (state.failed) {
    return fmt::format("it failed with exit code {}{}{}", state.exit_code,
                       state.note.empty() ? "" : ": ", state.note);
  }
  if (measured.late > Duration(0)) {
    const std::string since = humanize_duration(measured.since_success);
    return state.succeeded ? fmt::format("no success since {}", since)
                           : fmt::format("it has never reported success, since {}", since);
  }
  return "";
}

std::string render_job(const JobState& state, const config::JobSource& job, Now now) {
  const JobMeasured measured = measure(state, job, now);
  Exposition out;
  out.gauge("job_since_success_seconds",
            "Since its last success, or since it was first configured.")
      .add(job_seconds(measured.since_success));
  out.gauge("job_late_seconds",
            "How long a success is overdue, by expect_every and grace; negative while it is not.")
      .add(job_seconds(measured.late));
  out.gauge("job_failed", "1 where the last run that ended failed.").add(state.failed ? 1 : 0);
  out.gauge("job_exit_code", "Of the last run that ended.").add(state.exit_code);
  out.gauge("job_running", "1 where it has begun and not ended.").add(measured.running ? 1 : 0);
  if (measured.running) {
    out.gauge("job_running_seconds", "Since it began; only while it runs.")
        .add(job_seconds(*measured.running));
  }
  if (job.runs_at_most) {
    out.gauge("job_overrun_seconds",
              "How much longer it runs than runs_at_most; negative while it does not. Only with "
              "that key.")
        .add(job_seconds(measured.overrun.value_or(-*job.runs_at_most)));
  }
  if (state.took) {
    out.gauge("job_last_run_seconds", "How long the last run took that told of both its ends.")
        .add(job_seconds(*state.took));
  }
  if (state.succeeded) {
    out.gauge("job_last_success_timestamp_seconds", "When it last succeeded, in Unix seconds.")
        .add(static_cast<double>(state.succeeded->wall.time_since_epoch().count()) / 1000);
  }
  MetricFamily& beats =
      out.counter("job_beats_total", "What it has reported: start, success, failure.");
  beats.add({{"what", "start"}}, static_cast<double>(state.starts));
  beats.add({{"what", "success"}}, static_cast<double>(state.successes));
  beats.add({{"what", "failure"}}, static_cast<double>(state.failures));
  out.counter("job_unfinished_total", "Runs that began anew before the one before had ended.")
      .add(static_cast<double>(state.unfinished));
  return out.text();
}

std::string write_jobs(const JobStates& states, std::string_view boot_id, Now now) {
  json::object jobs;
  for (const auto& [name, state] : states) jobs[name] = job_json(state);
  json::object out;
  out["boot_id"] = json::string(boot_id.data(), boot_id.size());
  out["written"] = stamp_json(now);
  out["jobs"] = std::move(jobs);
  return json::serialize(out) + '\n';
}

Result<JobStates> read_jobs(std::string_view text, std::string_view boot_id, Now now) {
  JobStates states;
  // What Boost.JSON throws of a member that is missing or of another kind: the file is not ours.
  try {
    const json::value value = json::parse({text.data(), text.size()});
    const json::object& object = value.as_object();
    const json::string& written_in = object.at("boot_id").as_string();
    const Stamp written = stamp_in(object.at("written"));
    const bool same_boot = std::string_view(written_in.data(), written_in.size()) == boot_id;
    const auto rebase = [&](Stamp& stamp) {
      if (!same_boot) stamp = rebased(stamp, written, now);
    };
    for (const auto& member : object.at("jobs").as_object()) {
      JobState state = job_in(member.value().as_object());
      rebase(state.known_since);
      for (std::optional<Stamp>* each : {&state.started, &state.succeeded, &state.ended})
        if (*each) rebase(**each);
      states.emplace(std::string(member.key().data(), member.key().size()), std::move(state));
    }
  } catch (const std::exception& error) {
    return fail(ErrorCode::corrupt, error.what());
  }
  return states;
}

}  // namespace tocsin::sources
