// What the command line's grammar fills in, and the parts that it is put together from.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "commands/commands.hpp"

namespace tocsin::commands {

/// All that the grammar fills in; `chosen` is what to do then.
struct Words {
  Common common;
  app::RunOptions run;
  bool all = false;
  Check check;
  bool reference = false;
  bool schema = false;
  std::uint64_t number = 0;
  Acknowledge acknowledge;
  Silence silence;
  Announcement announcement;
  NoticePreview preview;
  RuleTests tests;
  Maintenance maintenance;
  Query query;
  Report report;
  Backtest backtest;
  JobBeat beat;
  bool begun = false;
  bool failed = false;
  int exit_code = 0;
  std::string word;
  std::string drill_lasts = "12m";
  std::vector<std::string> path;
  std::function<int()> chosen;
};

/// A subcommand of `app`; what every command takes may stand behind it.
CLI::App* add(CLI::App& app, const std::string& name, const std::string& what);
/// --by, for a command that tells the daemon something.
void add_by(CLI::App* command, Words& words);

// Of rules and the past.
void add_test(CLI::App& app, Words& words);
void add_backtest(CLI::App& app, Words& words);
void add_report(CLI::App& app, Words& words);
void add_query(CLI::App& app, Words& words);
void add_config(CLI::App& app, Words& words);

// Of what people say to the daemon.
void add_incident_words(CLI::App& app, Words& words);
void add_changes(CLI::App& app, Words& words);
void add_accept(CLI::App& app, Words& words);
void add_drill(CLI::App& app, Words& words);
void add_silences(CLI::App& app, Words& words);
void add_maintenance(CLI::App& app, Words& words);
void add_rest(CLI::App& app, Words& words);
void add_beat(CLI::App& app, Words& words);

}  // namespace tocsin::commands
