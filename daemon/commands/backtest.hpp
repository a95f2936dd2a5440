// What rules would have done with the past: the parts of `tocsin backtest`.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands/commands.hpp"
#include "tocsin/backtest/outcome.hpp"
#include "tocsin/backtest/recording.hpp"
#include "tocsin/backtest/wanted.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time_zone.hpp"

namespace tocsin::commands {

/// Says how a table is written, and what the figures mean.
extern const char* const kPastTables;

/// Where the past comes from.
struct Past {
  std::string source;  ///< for people: "the history in /var/lib/tocsin"
  backtest::Recording recording;
  std::vector<std::string> remarks;
  WallTime from = WallTime::min();  ///< of what is counted
  WallTime to = WallTime::max();
};

/// Everything that is needed to say what came of one version of the rules.
struct Backtested {
  std::string title;  ///< "" where there is one version only
  backtest::Outcome outcome;
};

/// A version of the rules, ready to be replayed.
struct Version {
  app::Configuration configuration;
  config::EngineConfig engine;  ///< those alone that are asked for
};

/// Where it is a refusal, standard error (or the JSON) says why.
[[nodiscard]] std::optional<Version> read_version(const Common& common, const Backtest& what,
                                                  const std::vector<std::string>& paths);
/// On standard error; the exit status.
int complain(const Error& error);

/// Tells of its progress on standard error, where that is a terminal.
[[nodiscard]] Result<Past> past_of(const Backtest& what, const std::string& state_folder,
                                   const std::string& host, const backtest::Wanted& wanted,
                                   const std::optional<TimeZone>& zone);

/// On standard error, over the line before; "" ends it. Where that is no terminal, nothing.
void show_progress(const std::string& text);

/// `whole`: tables are not cut to the terminal.
void print_report(const Past& past, const Backtested& tested, const Backtest& what,
                  const TimeZone& zone, bool whole);
void print_comparison(const Past& past, const Backtested& one, const Backtested& other,
                      const Backtest& what, const TimeZone& zone, bool whole);
/// The past, its time, and what is to be known of it.
void print_heading(const Past& past, const backtest::Outcome& outcome, const TimeZone& zone);
[[nodiscard]] boost::json::object report_json(const Past& past, const Backtested& tested,
                                              const TimeZone& zone);
[[nodiscard]] boost::json::array comparison_json(const Backtested& one, const Backtested& other);

}  // namespace tocsin::commands
