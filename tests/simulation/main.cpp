// simulation: runs worlds from seeds, in parallel, and prints what broke a promise.
//
//   simulation [--seeds N] [--from S] [--weeks W] [--jobs J] [--seconds T]
//   simulation --seed S [--weeks W] --trace     one world again, with a line for each event
//
// Without --from the seeds are fresh ones; the first is printed, so that a run can be repeated.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "world.hpp"

namespace tocsin::simulation {
namespace {

constexpr std::uint64_t kTwiceOneIn =
    16;  // so many seeds are run twice: the steps must be the same
constexpr std::size_t kLastLines = 60;
constexpr std::size_t kShown = 1;  // of each checker

struct Arguments {
  std::uint64_t seeds = 100;
  std::optional<std::uint64_t> from;
  std::optional<std::uint64_t> only;
  bool trace = false;
  bool quiet = false;  ///< no last lines: the caller wants the checker's name only
  bool first_only = false;
  int weeks = 1;
  unsigned jobs = 0;
  double seconds = 0;  ///< no new seed after so long; 0: all
};

struct Failure {
  std::uint64_t seed = 0;
  Violation violation;
};

struct Result {
  std::mutex mutex;
  std::vector<Failure> failures;
  FaultCounts faults{};
  FaultCounts worlds{};  ///< in how many of them
  std::uint64_t steps = 0;
  std::uint64_t done = 0;
};

std::string clock_text(Duration at) {
  const auto s = at.count() / 1000;
  return fmt::format("{}d {:02}:{:02}:{:02}", s / 86'400, s / 3600 % 24, s / 60 % 60, s % 60);
}

void print_violation(const Failure& failure) {
  fmt::print("VIOLATION seed {} at {}: {}: {}\n", failure.seed, clock_text(failure.violation.at),
             failure.violation.checker, failure.violation.text);
  std::fflush(stdout);
}

/// The last lines of its trace.
void print_trace(const Arguments& arguments, const Failure& failure) {
  fmt::print("seed {}, {}:\n", failure.seed, failure.violation.checker);
  std::deque<std::string> last;
  World again(
      {.seed = failure.seed, .weeks = arguments.weeks, .trace = [&](const std::string& line) {
         last.push_back(line);
         if (last.size() > kLastLines) last.pop_front();
       }});
  const Outcome outcome = again.run();
  for (const std::string& line : last) fmt::print("    {}\n", line);
  if (!outcome.violation)
    fmt::print("    (it did not happen again: the world is not determined)\n");
  fmt::print("    again: simulation --seed {} --weeks {} --trace\n\n", failure.seed,
             arguments.weeks);
}

void run_seed(const Arguments& arguments, std::uint64_t seed, Result& result) {
  const Options options{.seed = seed, .weeks = arguments.weeks, .trace = {}};
  Outcome outcome = World(options).run();
  if (!outcome.violation && seed % kTwiceOneIn == 0) {
    const Outcome twin = World(options).run();
    if (twin.hash != outcome.hash) {
      outcome.violation = Violation{"determinism", "the same seed gave other steps", {}};
    }
  }
  const std::lock_guard lock(result.mutex);
  ++result.done;
  result.steps += outcome.steps;
  for (std::size_t i = 0; i < kFaults; ++i) {
    result.faults[i] += outcome.faults[i];
    result.worlds[i] += outcome.faults[i] > 0 ? 1 : 0;
  }
  if (!outcome.violation) return;
  result.failures.push_back({seed, *outcome.violation});
  print_violation(result.failures.back());
}

void print_faults(const Result& result) {
  fmt::print("faults exercised (in how many of the worlds):\n");
  for (std::size_t i = 0; i < kFaults; ++i) {
    fmt::print("  {:<24} {:>8}  {:>5.1f} %\n", to_string(static_cast<Fault>(i)), result.faults[i],
               100.0 * static_cast<double>(result.worlds[i]) /
                   static_cast<double>(std::max<std::uint64_t>(result.done, 1)));
  }
}

int run_many(const Arguments& arguments) {
  const std::uint64_t from =
      arguments.from ? *arguments.from : (std::random_device{}() % 1'000'000'000ULL) * 1000 + 1;
  const unsigned jobs =
      arguments.jobs > 0 ? arguments.jobs : std::max(1U, std::thread::hardware_concurrency());
  fmt::print("{} worlds of {} week(s), seeds from {} (--seeds {} --from {})\n", arguments.seeds,
             arguments.weeks, from, arguments.seeds, from);
  std::fflush(stdout);
  Result result;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> enough{false};
  const auto started = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  const auto work = [&] {
    while (!enough) {
      const std::uint64_t mine = next++;
      if (mine >= arguments.seeds) return;
      if (arguments.seconds > 0 && elapsed() > arguments.seconds) return;
      run_seed(arguments, from + mine, result);
      if (arguments.first_only && !result.failures.empty()) enough = true;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < jobs; ++i) threads.emplace_back(work);
  for (std::thread& one : threads) one.join();
  const double took = elapsed();

  if (!arguments.quiet) print_faults(result);
  std::map<std::string, std::uint64_t> by_checker;
  for (const Failure& failure : result.failures) {
    const bool first = ++by_checker[failure.violation.checker] <= kShown;
    if (first && !arguments.quiet) print_trace(arguments, failure);
  }
  for (const auto& [checker, count] : by_checker) fmt::print("  {:<28} {:>6}\n", checker, count);
  fmt::print("{} worlds, {} steps, {} violations, {:.1f} s, {:.2f} worlds/s\n", result.done,
             result.steps, result.failures.size(), took, static_cast<double>(result.done) / took);
  return result.failures.empty() ? 0 : 1;
}

int run_one(const Arguments& arguments) {
  World world({.seed = *arguments.only,
               .weeks = arguments.weeks,
               .trace = arguments.trace ? [](const std::string& line) { fmt::print("{}\n", line); }
                                        : std::function<void(const std::string&)>{}});
  const Outcome outcome = world.run();
  if (outcome.violation) {
    fmt::print("VIOLATION seed {} at {}: {}: {}\n", *arguments.only,
               clock_text(outcome.violation->at), outcome.violation->checker,
               outcome.violation->text);
    return 1;
  }
  fmt::print("seed {}: {} steps, hash {:016x}, no violation\n", *arguments.only, outcome.steps,
             outcome.hash);
  return 0;
}

std::optional<Arguments> parsed(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--trace") {
      arguments.trace = true;
    } else if (name == "--quiet") {
      arguments.quiet = true;
    } else if (name == "--first") {
      arguments.first_only = true;
    } else if (i + 1 >= argc) {
      return std::nullopt;
    } else {
      const std::string value = argv[++i];
      char* end = nullptr;
      const std::uint64_t number = std::strtoull(value.c_str(), &end, 10);
      if (*end != '\0') return std::nullopt;
      if (name == "--seeds") {
        arguments.seeds = number;
      } else if (name == "--from") {
        arguments.from = number;
      } else if (name == "--seed") {
        arguments.only = number;
      } else if (name == "--weeks") {
        arguments.weeks = static_cast<int>(number);
      } else if (name == "--jobs") {
        arguments.jobs = static_cast<unsigned>(number);
      } else if (name == "--seconds") {
        arguments.seconds = static_cast<double>(number);
      } else {
        return std::nullopt;
      }
    }
  }
  return arguments;
}

}  // namespace
}  // namespace tocsin::simulation

int main(int argc, char** argv) {
  using namespace tocsin::simulation;
  const auto arguments = parsed(argc, argv);
  if (!arguments) {
    fmt::print(stderr,
               "usage: simulation [--seeds N] [--from S] [--weeks W] [--jobs J] [--seconds T] "
               "[--first] [--quiet]\n"
               "       simulation --seed S [--weeks W] [--trace]\n");
    return 2;
  }
  return arguments->only ? run_one(*arguments) : run_many(*arguments);
}
