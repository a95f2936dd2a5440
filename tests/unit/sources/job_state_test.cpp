// Risk: a job that is well is called late after a restart, a reboot or a step of the clock; or one
// that is not is forgiven.
#include "sources/job_state.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace tocsin::sources;

namespace {

constexpr std::string_view kJobBoot = "boot-1";

Now job_time(Duration boot, Duration wall_ahead = hours(500'000)) {
  return {BootTime(boot), WallTime(boot + wall_ahead)};
}

config::JobSource nightly() {
  config::JobSource job;
  job.expect_every = hours(24);
  job.grace = hours(1);
  job.runs_at_most = hours(2);
  return job;
}

JobState since(Now now) {
  JobState state;
  state.known_since = now;
  return state;
}

Beat beat_of(Beat::What what, int exit_code = 0) {
  return {what, exit_code, ""};
}

}  // namespace

TEST_CASE("job: never heard of, it is late counted from when it was first configured") {
  const JobState state = since(job_time(hours(1)));
  CHECK(measure(state, nightly(), job_time(hours(26))).late == Duration(0));
  CHECK(job_trouble(state, nightly(), job_time(hours(26))) == "");
  const Now late = job_time(hours(26) + minutes(2));
  CHECK(measure(state, nightly(), late).late == minutes(2));
  CHECK(job_trouble(state, nightly(), late) == "it has never reported success, since 1 d 1 h");
}

TEST_CASE("job: a success is what counts, a failure is none") {
  JobState state = since(job_time(hours(0)));
  take_beat(state, beat_of(Beat::What::success), job_time(hours(10)));
  take_beat(state, beat_of(Beat::What::failure, 3), job_time(hours(30)));
  CHECK(state.failed);
  CHECK(measure(state, nightly(), job_time(hours(36))).late == hours(1));
  CHECK(job_trouble(state, nightly(), job_time(hours(31))) == "it failed with exit code 3");
  take_beat(state, beat_of(Beat::What::success), job_time(hours(37)));
  CHECK_FALSE(state.failed);
  CHECK(state.exit_code == 0);
  CHECK(job_trouble(state, nightly(), job_time(hours(38))) == "");
}

TEST_CASE("job: it runs from its start to its end, and too long beyond its limit") {
  JobState state = since(job_time(hours(0)));
  CHECK_FALSE(measure(state, nightly(), job_time(hours(1))).running);
  take_beat(state, beat_of(Beat::What::start), job_time(hours(1)));
  CHECK(measure(state, nightly(), job_time(hours(3))).overrun == Duration(0));
  CHECK(measure(state, nightly(), job_time(hours(4))).overrun == hours(1));
  CHECK(job_trouble(state, nightly(), job_time(hours(4))) == "it runs since 3 h, and may for 2 h");
  take_beat(state, beat_of(Beat::What::start), job_time(hours(5)));
  CHECK(state.unfinished == 1);
  take_beat(state, beat_of(Beat::What::success), job_time(hours(6)));
  CHECK(state.took == hours(1));
  CHECK_FALSE(measure(state, nightly(), job_time(hours(6))).running);
}

TEST_CASE("job: a step of the calendar makes nothing late") {
  JobState state = since(job_time(hours(1)));
  take_beat(state, beat_of(Beat::What::success), job_time(hours(2)));
  CHECK(measure(state, nightly(), job_time(hours(3), hours(600'000))).since_success == hours(1));
  CHECK(measure(state, nightly(), job_time(hours(3), hours(400'000))).since_success == hours(1));
}

TEST_CASE("job: what is written is read back; after a reboot the calendar counts") {
  JobStates states;
  JobState& state = states["nightly \"backup\""];
  state = since(job_time(hours(1)));
  take_beat(state, {Beat::What::failure, 255, "disk\nfull \"x\""}, job_time(hours(2)));
  take_beat(state, beat_of(Beat::What::success), job_time(hours(3)));
  take_beat(state, beat_of(Beat::What::start), job_time(hours(4)));
  const std::string text = write_jobs(states, kJobBoot, job_time(hours(5)));
  const auto same = read_jobs(text, kJobBoot, job_time(hours(6)));
  REQUIRE(same);
  CHECK(*same == states);
  // Another boot: its clock began anew, the calendar says that ten hours have passed since the
  // writing.
  const Now now{BootTime(minutes(1)), WallTime(hours(500'015))};
  const auto other = read_jobs(text, "boot-2", now);
  REQUIRE(other);
  const JobMeasured measured = measure(other->begin()->second, nightly(), now);
  CHECK(measured.since_success == hours(12));
  CHECK(measured.running == hours(11));
}

TEST_CASE("job: a file that is not whole is refused, whatever is wrong with it") {
  JobStates states;
  states["a"] = since(job_time(hours(1)));
  take_beat(states["a"], beat_of(Beat::What::success), job_time(hours(1)));
  const std::string whole = write_jobs(states, kJobBoot, job_time(hours(1)));
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    CHECK_FALSE(read_jobs(whole.substr(0, size), kJobBoot, job_time(hours(1))));
  }
  for (const char* text : {"[]", "{}", "null", R"({"boot_id":1,"written":{},"jobs":{}})",
                           R"({"boot_id":"b","written":{"boot":1,"wall":1},"jobs":{"a":{}}})"}) {
    CHECK_FALSE(read_jobs(text, kJobBoot, job_time(hours(1))));
  }
}

TEST_CASE("job: what is measured has its names") {
  JobState state = since(job_time(hours(0)));
  take_beat(state, beat_of(Beat::What::start), job_time(hours(1)));
  const std::string body = render_job(state, nightly(), job_time(hours(4)));
  for (const char* line :
       {"job_late_seconds -75600\n", "job_running_seconds 10800\n", "job_overrun_seconds 3600\n",
        "job_failed 0\n", "job_beats_total{what=\"start\"} 1\n", "job_running 1\n"}) {
    CAPTURE(line);
    CHECK(body.find(line) != std::string::npos);
  }
  take_beat(state, beat_of(Beat::What::success), job_time(hours(5)));
  const std::string ended = render_job(state, nightly(), job_time(hours(5)));
  CHECK(ended.find("job_overrun_seconds -7200\n") != std::string::npos);
  CHECK(ended.find("job_running_seconds ") == std::string::npos);
  CHECK(ended.find("job_last_run_seconds 14400\n") != std::string::npos);
}
