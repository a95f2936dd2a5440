// What the command line's grammar fills in.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "commands/commands.hpp"

namespace tocsin::commands {

/// All that the grammar fills in; `chosen` is what to do then.
inline constexpr const char* kEmbedded =
    "Where the folder has no tocsin.toml: watch this host by the shipped rules, and by its rules.d";

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

}  // namespace tocsin::commands
