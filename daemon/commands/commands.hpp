// The subcommands: each a function from its arguments to the exit status. None but run() builds a
// daemon; the others ask the one that runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/options.hpp"
#include "commands/span.hpp"

namespace tocsin::commands {

enum ExitStatus : int {
  well = 0,
  fires_or_fails = 1,
  usage_or_configuration = 2,
  not_reached = 3,
};

/// What every command takes.
struct Common {
  std::string folder = "/etc/tocsin";
  std::optional<std::string> socket;
  std::optional<std::string> by;  ///< who speaks, where that is somebody else
  bool json = false;
  bool wide = false;  ///< tables are not cut to the terminal
};

struct Acknowledge {
  std::uint64_t incident = 0;
  std::optional<std::string> lasts;
  std::optional<std::string> note;
};
struct Silence {
  std::string what;   ///< a rule's name, an incident's number, or matchers
  bool rule = false;  ///< `what` is a rule's name, whatever it looks like
  std::string lasts;
  std::string reason;
};

/// What was changed; `concerns` are matchers, "" for all.
struct Announcement {
  std::string text;
  std::string link;
  std::string concerns;
};

struct NoticePreview {
  std::string receiver;
  std::optional<std::string> kind;        ///< none: "opened", or how the incident stands
  std::optional<std::uint64_t> incident;  ///< a real one instead of an invented one
  std::size_t alerts = 1;
  bool embedded = false;  ///< as `tocsin run --embedded`
};

struct RuleTests {
  std::vector<std::string> files;
  std::string filter;  ///< those whose name contains it
  std::string junit;   ///< where JUnit's XML goes, "" nowhere
  bool verbose = false;
};

struct Maintenance {
  std::string matchers;
  std::string lasts;
  std::string reason;
  std::string at;  ///< "" : now
  std::string zone = "UTC";
};

struct JobBeat {
  std::string job;
  std::string word = "success";      ///< "start", "success", "fail" or an exit code
  std::vector<std::string> command;  ///< to be run between its start and its end
};

struct Query {
  std::string expression;
  SpanWords span;
  bool plot = false;
  bool table = false;
};

struct Backtest {
  std::vector<std::string> rules;    ///< files and folders; none: the configuration as it is
  std::vector<std::string> against;  ///< another version of them
  std::vector<std::string> only;     ///< these rules alone
  std::string since;                 ///< a duration; "" : 30d, or all of a file
  std::string from;
  std::string to;
  std::optional<std::string> state;  ///< instead of the configuration's
  std::string prometheus;            ///< URL
  std::string username;              ///< of that server, with a password
  std::string password;              ///< a secret's reference
  std::string bearer;                ///< a secret's reference
  std::string ca_file;               ///< instead of the system's
  std::string step = "1m";           ///< of a Prometheus server's samples
  std::string cache;                 ///< where what it answered is kept
  std::string csv;                   ///< file
  std::string zone;                  ///< of times without one and of the hours shown; "" : UTC
  bool embedded = true;              ///< as `tocsin run --embedded`, whether it is said or not
  bool pages = false;                ///< list each
  bool plot = false;
  bool learn = false;    ///< what was normal goes to the daemon that runs; nothing is judged
  bool replace = false;  ///< also where a baseline there knows more
};

struct Report {
  std::string since = "30d";
  std::string zone;  ///< of hours and nights; "" : UTC
};

int run_daemon(const app::RunOptions& options);
struct Check {
  bool diff = false;      ///< also what a reload would change of what the daemon runs
  bool embedded = false;  ///< as `tocsin run --embedded`
};
int check(const Common& common, const Check& how);
int test(const Common& common, const RuleTests& what);
/// What rules would have done with the past.
int backtest_rules(const Common& common, const Backtest& what);
/// What the rules' baselines would have learned of the past, into the daemon that runs.
int learn_baselines(const Common& common, const Backtest& what);
int status(const Common& common);
int incidents(const Common& common, bool all);
int show_incident(const Common& common, std::uint64_t incident);
/// What the incidents of a span were for people, as Markdown.
int report_past(const Common& common, const Report& what);
int alerts(const Common& common);
int acknowledge(const Common& common, const Acknowledge& what);
int unacknowledge(const Common& common, std::uint64_t incident);
int silences(const Common& common);
int silence(const Common& common, const Silence& what);
int end_silence(const Common& common, const std::string& silence);
int announce(const Common& common, const Announcement& what);
int changes(const Common& common);
int maintenance(const Common& common);
int start_maintenance(const Common& common, const Maintenance& what);
/// Of a configured window, by name, the present occurrence; of one made by hand, its number.
int end_maintenance(const Common& common, const std::string& which);
int drill(const Common& common, const std::string& rule, const std::string& lasts);
int accept(const Common& common, const std::string& rule);
int end_drill(const Common& common, const std::string& rule);
int assess(const Common& common, std::uint64_t incident, const std::string& impact);
/// With a span, step by step: as a plot on a terminal, as a table elsewhere.
int query(const Common& common, const Query& what);
int explain(const Common& common, const std::string& rule);
int preview_notice(const Common& common, const NoticePreview& what);
int test_notice(const Common& common, const std::string& receiver);
int reload(const Common& common);
/// What a job reports; with a command, its start and its end, and the status is the command's.
int beat(const Common& common, const JobBeat& what);
/// What may be written: about one key or section, or all of them in short.
int config_help(const std::string& word);
int config_reference();
int config_schema_text();
int help_about_command(const std::vector<std::string>& path);
/// As roff, what man renders: of section 1 the program, of section 5 the configuration.
int man_page(std::uint64_t section);
int completion_script(const std::string& shell);

/// Parses the command line and does what it says.
int command_line(int argc, const char* const* argv);

}  // namespace tocsin::commands
