// What is known of a job that reports in: when it began, how it ended, and since when it is silent.
// Pure; written down and read back as JSON.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

/// A job's word.
struct Beat {
  enum class What { start, success, failure };
  What what = What::success;
  int exit_code = 0;  ///< of a failure; never 0 there
  std::string note;   ///< its last words
};

struct JobState {
  Stamp known_since;               ///< when it was first configured
  std::optional<Stamp> started;    ///< while it runs
  std::optional<Stamp> succeeded;  ///< last
  std::optional<Stamp> ended;      ///< last, well or not
  std::optional<Duration> took;    ///< of the last run that told of both its ends
  bool failed = false;             ///< the last that ended did
  int exit_code = 0;               ///< of the last that ended
  std::string note;
  std::uint64_t starts = 0;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::uint64_t unfinished = 0;  ///< begun again before it had ended
  friend bool operator==(const JobState&, const JobState&) = default;
};

void take_beat(JobState& state, const Beat& beat, Now now);

/// What it is measured as.
struct JobMeasured {
  Duration since_success{};         ///< or since it was first configured
  Duration late{};                  ///< beyond what is expected; negative while it is not
  std::optional<Duration> running;  ///< so long already
  std::optional<Duration> overrun;  ///< beyond what it may take; negative while it is not
};
[[nodiscard]] JobMeasured measure(const JobState& state, const config::JobSource& job, Now now);
/// Why it is not well, for people; "" where it is.
[[nodiscard]] std::string job_trouble(const JobState& state, const config::JobSource& job, Now now);
/// As exposition text.
[[nodiscard]] std::string render_job(const JobState& state, const config::JobSource& job, Now now);

using JobStates = std::map<std::string, JobState>;
/// With the boot whose clock the stamps are of, and the moment of writing.
[[nodiscard]] std::string write_jobs(const JobStates& states, std::string_view boot_id, Now now);
/// Stamps of an earlier boot are rebased.
[[nodiscard]] Result<JobStates> read_jobs(std::string_view text, std::string_view boot_id, Now now);

}  // namespace tocsin::sources
