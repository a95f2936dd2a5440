// The command line's grammar.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

#include "app/view.hpp"
#include "commands/backtest.hpp"
#include "commands/commands.hpp"
#include "commands/completion.hpp"
#include "commands/describe.hpp"
#include "commands/grammar.hpp"
#include "commands/help.hpp"
#include "commands/rule_tests.hpp"
#include "receivers/sample_notice.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

constexpr const char* kEmbedded =
    "Where the folder has no tocsin.toml: watch this host by the shipped rules, and by its rules.d";

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

CLI::App* add(CLI::App& app, const std::string& name, const std::string& what) {
  CLI::App* const command = app.add_subcommand(name, what);
  command->fallthrough();  // --json and its like may stand behind the subcommand
  return command;
}

void add_by(CLI::App* command, Words& words) {
  command->add_option("--by", words.common.by, "Who says it, where you may speak for others")
      ->type_name("NAME");
}

void add_run(CLI::App& app, Words& words) {
  CLI::App* const run = add(app, "run", "Run the daemon in the foreground");
  run->add_option("--state", words.run.state, "State folder, instead of the configuration's")
      ->type_name("FOLDER");
  run->add_option("--listen", words.run.listen, "Address to listen on, \"\" for none")
      ->type_name("ADDRESS:PORT");
  run->add_flag("--embedded", words.run.embedded, kEmbedded);
  run->callback([&words] {
    words.run.folder = words.common.folder;
    words.run.socket = words.common.socket;
    words.chosen = [&words] { return run_daemon(words.run); };
  });
}

void add_test(CLI::App& app, Words& words) {
  CLI::App* const tests = add(app, "test", "Run rule unit tests");
  tests->add_option("FILE", words.tests.files, "Test files")->required();
  tests->add_option("--filter", words.tests.filter, "Only tests whose name contains this")
      ->type_name("TEXT");
  tests->add_option("--junit", words.tests.junit, "Write the outcome as JUnit's XML")
      ->type_name("FILE");
  tests->add_flag("-v,--verbose", words.tests.verbose, "Name every test");
  tests->footer(kTestFiles);
  tests->callback(
      [&words] { words.chosen = [&words] { return test(words.common, words.tests); }; });
}

void add_backtest(CLI::App& app, Words& words) {
  Backtest& what = words.backtest;
  CLI::App* const command =
      add(app, "backtest", "Replay the past to the rules: whom would they have paged, and when");
  const auto many = [](CLI::Option* option) { option->expected(1)->take_all(); };
  many(command
           ->add_option("--rules", what.rules,
                        "Rules that are not live yet, in place of the configuration's of their "
                        "names; a folder: all in it. May be given again")
           ->type_name("PATH"));
  many(command
           ->add_option("--against", what.against,
                        "Another version of them: what each would have caught and missed")
           ->type_name("PATH"));
  many(command->add_option("--rule", what.only, "This rule alone, with each of its pages")
           ->type_name("RULE"));
  CLI::Option* const since =
      command->add_option("--since", what.since, "So long, up to now or --to; by default 30d")
          ->type_name("DURATION");
  command
      ->add_option("--from", what.from, "RFC 3339, seconds since 1970, or a duration: so long ago")
      ->type_name("TIME")
      ->excludes(since);
  command->add_option("--to", what.to, "Like --from; by default now")->type_name("TIME");
  CLI::Option* const state =
      command
          ->add_option("--state", what.state,
                       "The daemon's state folder, instead of the configuration's")
          ->type_name("FOLDER");
  CLI::Option* const prometheus =
      command
          ->add_option("--prometheus", what.prometheus,
                       "The past as this server has it, instead of tocsin's own history")
          ->type_name("URL");
  command->add_option("--step", what.step, "How far apart its samples are asked for")
      ->type_name("DURATION")
      ->capture_default_str()
      ->needs(prometheus);
  command
      ->add_option("--cache", what.cache,
                   "Keep its answers in this file: what broke off goes on, what was asked once is "
                   "not asked again")
      ->type_name("FILE")
      ->needs(prometheus);
  command->add_option("--username", what.username, "For basic authentication at that server")
      ->type_name("NAME")
      ->needs(prometheus);
  command
      ->add_option("--password", what.password,
                   "Its password: file:PATH, env:NAME, never the word itself")
      ->type_name("SECRET")
      ->needs(prometheus);
  command->add_option("--bearer", what.bearer, "A bearer token for it: file:PATH, env:NAME")
      ->type_name("SECRET")
      ->needs(prometheus);
  command->add_option("--ca-file", what.ca_file, "Who vouches for it, instead of the system's")
      ->type_name("FILE")
      ->needs(prometheus);
  CLI::Option* const csv =
      command->add_option("--csv", what.csv, "The past as this table has it")->type_name("FILE");
  command
      ->add_option("--zone", what.zone,
                   "The time zone of the hours shown, and of a table's times that name none; by "
                   "default UTC")
      ->type_name("NAME");
  command->add_flag("--pages", what.pages, "List each page");
  command->add_flag("--plot", what.plot, "Draw what fires even where this is no terminal");
  CLI::Option* const learn = command->add_flag(
      "--learn", what.learn,
      "Nothing is judged: what was normal in that past (by default 42d) goes to the daemon that "
      "runs, so that its rules with `drop` or `rise` need not wait for weeks");
  command->add_flag("--replace", what.replace, "Also where a rule has learned more by itself")
      ->needs(learn);
  for (const char* const other : {"--rules", "--against", "--pages", "--plot"})
    learn->excludes(command->get_option(other));
  prometheus->excludes(csv)->excludes(state);
  csv->excludes(state);
  command->footer(kPastTables);
  command->callback([&words] {
    words.chosen = [&words] {
      return words.backtest.learn ? learn_baselines(words.common, words.backtest)
                                  : backtest_rules(words.common, words.backtest);
    };
  });
}

void add_looking(CLI::App& app, Words& words) {
  CLI::App* const check_command = add(app, "check", "Validate the configuration");
  check_command->add_flag("--diff", words.check.diff,
                          "Show what a reload would change of what the daemon runs");
  check_command->add_flag("--embedded", words.check.embedded, kEmbedded);
  check_command->callback(
      [&words] { words.chosen = [&words] { return check(words.common, words.check); }; });
  add(app, "status", "What is going on: targets, rules, receivers")->callback([&words] {
    words.chosen = [&words] { return status(words.common); };
  });
  add(app, "alerts", "Alerts that are pending or firing")->callback([&words] {
    words.chosen = [&words] { return alerts(words.common); };
  });
  CLI::App* const explain_command =
      add(app, "explain", "Why a rule fires or does not, and what comes next");
  explain_command->add_option("RULE", words.word, "The rule's name")->required();
  explain_command->callback(
      [&words] { words.chosen = [&words] { return explain(words.common, words.word); }; });
  CLI::App* const list = add(app, "incidents", "Incidents that are open");
  list->add_flag("--all", words.all, "Those closed recently too");
  list->require_subcommand(0, 1);
  CLI::App* const show = add(*list, "show", "One incident's story");
  show->add_option("INCIDENT", words.number, "Its number")->required();
  list->callback([&words, show] {
    const bool one = show->parsed();
    words.chosen = [&words, one] {
      return one ? show_incident(words.common, words.number) : incidents(words.common, words.all);
    };
  });
}

void add_report(CLI::App& app, Words& words) {
  CLI::App* const command =
      add(app, "report", "Pages of the past by rule and hour, how long people took, as Markdown");
  command->add_option("--since", words.report.since, "So long, up to now; 90d are kept")
      ->type_name("DURATION")
      ->capture_default_str();
  command
      ->add_option("--zone", words.report.zone,
                   "The time zone of hours and nights; by default the daemon's `time_zone`")
      ->type_name("NAME");
  command->callback(
      [&words] { words.chosen = [&words] { return report_past(words.common, words.report); }; });
}

void add_query(CLI::App& app, Words& words) {
  Query& query_words = words.query;
  CLI::App* const command =
      add(app, "query", "Evaluate an expression on the daemon's series, now or over a span");
  command->add_option("EXPR", query_words.expression, "PromQL")->required();
  command->add_option("--range", query_words.span.range, "So long, up to now or --to")
      ->type_name("DURATION");
  command
      ->add_option("--from", query_words.span.from,
                   "RFC 3339, seconds since 1970, or a duration: so long ago")
      ->type_name("TIME");
  command->add_option("--to", query_words.span.to, "Like --from; by default now")
      ->type_name("TIME");
  command->add_option("--step", query_words.span.step, "By default what fits the width")
      ->type_name("DURATION");
  CLI::Option* const plot =
      command->add_flag("--plot", query_words.plot, "Draw a span even where this is no terminal");
  command->add_flag("--table", query_words.table, "Every value of a span, one a line")
      ->excludes(plot);
  command->callback(
      [&words] { words.chosen = [&words] { return query(words.common, words.query); }; });
}

void add_incident_words(CLI::App& app, Words& words) {
  CLI::App* const ack = add(app, "ack", "Acknowledge an incident: the climb stops for a while");
  ack->add_option("INCIDENT", words.acknowledge.incident, "Its number")->required();
  ack->add_option("--for", words.acknowledge.lasts, "How long; by default as the policy says")
      ->type_name("DURATION");
  ack->add_option("--note", words.acknowledge.note, "What you want others to know")
      ->type_name("TEXT");
  add_by(ack, words);
  ack->callback([&words] {
    words.chosen = [&words] { return acknowledge(words.common, words.acknowledge); };
  });
  CLI::App* const unack = add(app, "unack", "Take an acknowledgement back");
  unack->add_option("INCIDENT", words.number, "Its number")->required();
  add_by(unack, words);
  unack->callback(
      [&words] { words.chosen = [&words] { return unacknowledge(words.common, words.number); }; });
  CLI::App* const assess_command = add(app, "assess", "Say what an incident costs");
  assess_command->add_option("INCIDENT", words.number, "Its number")->required();
  assess_command->add_option("--impact", words.word, "What it costs")
      ->required()
      ->type_name("critical|high|medium|low");
  add_by(assess_command, words);
  assess_command->callback([&words] {
    words.chosen = [&words] { return assess(words.common, words.number, words.word); };
  });
}

void add_changes(CLI::App& app, Words& words) {
  CLI::App* const list =
      add(app, "changes", "What people announced to have changed, of the last day");
  list->callback([&words] { words.chosen = [&words] { return changes(words.common); }; });
  CLI::App* const command = add(
      app, "change", "Announce a change, a deployment for one: the incidents that follow show it");
  command->add_option("TEXT", words.announcement.text, "What was changed, in one line")->required();
  command->add_option("--link", words.announcement.link, "Where more is written")->type_name("URL");
  command
      ->add_option("--concerns", words.announcement.concerns,
                   "The alerts that it may explain, '{component=\"api\"}'; without it all")
      ->type_name("MATCHERS");
  add_by(command, words);
  command->callback(
      [&words] { words.chosen = [&words] { return announce(words.common, words.announcement); }; });
}

void add_accept(CLI::App& app, Words& words) {
  CLI::App* const command =
      add(app, "accept", "What a rule's baseline sees now is normal from here on");
  command->add_option("RULE", words.word, "The rule's name")->required();
  add_by(command, words);
  command->callback(
      [&words] { words.chosen = [&words] { return accept(words.common, words.word); }; });
}

void add_drill(CLI::App& app, Words& words) {
  CLI::App* const command =
      add(app, "drill", "An invented breach, marked as a drill, all the real way");
  command->add_option("RULE", words.word, "The rule's name")->group(kNeeded);
  command->add_option("--for", words.drill_lasts, "How long; levels 2 and 3 take their time")
      ->type_name("DURATION")
      ->capture_default_str();
  add_by(command, words);
  CLI::App* const end = add(*command, "end", "End a drill early");
  end->add_option("RULE", words.word, "The rule's name")->required();
  add_by(end, words);
  command->require_subcommand(0, 1);
  command->callback([&words, end] {
    if (end->parsed()) {
      words.chosen = [&words] { return end_drill(words.common, words.word); };
      return;
    }
    if (words.word.empty()) throw CLI::RequiredError("RULE");
    words.chosen = [&words] { return drill(words.common, words.word, words.drill_lasts); };
  });
}

void add_silences(CLI::App& app, Words& words) {
  CLI::App* const list = add(app, "silences", "Silences in force, with who made them");
  list->callback([&words] { words.chosen = [&words] { return silences(words.common); }; });
  CLI::App* const command = add(app, "silence", "Withhold notices of alerts for a while");
  command
      ->add_option("WHAT", words.silence.what,
                   "A rule's name, an incident's number, or '{label=\"value\", other=~\"a|b\"}'")
      ->group(kNeeded);
  command->add_flag("--rule", words.silence.rule,
                    "WHAT is a rule's name, even where it looks like a number");
  command->add_option("--for", words.silence.lasts, "How long; it always ends")
      ->type_name("DURATION")
      ->group(kNeeded);
  command->add_option("--reason", words.silence.reason, "Why")->type_name("TEXT")->group(kNeeded);
  add_by(command, words);
  CLI::App* const end = add(*command, "end", "End a silence early");
  end->add_option("SILENCE", words.word, "As `silences` shows it: S3")->required();
  command->require_subcommand(0, 1);
  command->callback([&words, command, end] {
    if (end->parsed()) {
      words.chosen = [&words] { return end_silence(words.common, words.word); };
      return;
    }
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_group() == kNeeded && option->count() == 0)
        throw CLI::RequiredError(option->get_name());
    }
    words.chosen = [&words] { return silence(words.common, words.silence); };
  });
}

void add_maintenance(CLI::App& app, Words& words) {
  CLI::App* const command =
      add(app, "maintenance", "Maintenance windows: whether in force, when next, who made them");
  add(*command, "list", "The same");
  CLI::App* const start = add(*command, "start", "Begin one now, or plan one");
  auto& what = words.maintenance;
  start->add_option("MATCHERS", what.matchers, "Which alerts: '{label=\"value\", other=~\"a|b\"}'")
      ->required();
  start->add_option("--for", what.lasts, "How long")->required()->type_name("DURATION");
  start->add_option("--reason", what.reason, "Why")->required()->type_name("TEXT");
  start->add_option("--at", what.at, "When: \"2026-12-01 22:00\"; by default now")
      ->type_name("TIME");
  start->add_option("--zone", what.zone, "The time zone of --at")
      ->type_name("NAME")
      ->capture_default_str();
  add_by(start, words);
  CLI::App* const end =
      add(*command, "end", "End one early; one of the configuration recurs all the same");
  end->add_option("WINDOW", words.word, "Its name or number")->required();
  add_by(end, words);
  command->require_subcommand(0, 1);
  command->callback([&words, start, end] {
    const bool starts = start->parsed();
    const bool ends = end->parsed();
    words.chosen = [&words, starts, ends] {
      if (starts) return start_maintenance(words.common, words.maintenance);
      return ends ? end_maintenance(words.common, words.word) : maintenance(words.common);
    };
  });
}

void add_rest(CLI::App& app, Words& words) {
  CLI::App* const notify =
      add(app, "notify", "Send a marked test notice, or show what a notice would look like");
  CLI::Option* const test =
      notify->add_option("--test", words.word, "The receiver to try")->type_name("RECEIVER");
  CLI::Option* const shown =
      notify->add_option("--preview", words.preview.receiver, "Show, and send nothing")
          ->type_name("RECEIVER")
          ->excludes(test);
  notify
      ->add_option("--kind", words.preview.kind,
                   "opened, closed, acknowledged, updated, repeated …")
      ->needs(shown)
      ->check(CLI::IsMember(receivers::kind_words()).description(""))
      ->type_name("KIND");
  CLI::Option* const real =
      notify
          ->add_option("--incident", words.preview.incident,
                       "A real incident, as it stands, instead of an invented one")
          ->needs(shown)
          ->type_name("INCIDENT");
  notify->add_option("--alerts", words.preview.alerts, "How many alerts it tells of")
      ->needs(shown)
      ->excludes(real)
      ->check(CLI::Range(1, 100'000).description(""))
      ->type_name("COUNT");
  add_by(notify, words);
  notify->callback([&words, test, shown] {
    if (test->count() + shown->count() == 0) throw CLI::RequiredError("--test or --preview");
    words.chosen = [&words, asks = test->count() > 0] {
      return asks ? test_notice(words.common, words.word)
                  : preview_notice(words.common, words.preview);
    };
  });
  CLI::App* const reload_command =
      add(app, "reload", "Let the daemon read its configuration again");
  reload_command->callback([&words] { words.chosen = [&words] { return reload(words.common); }; });
}

void add_beat(CLI::App& app, Words& words) {
  CLI::App* const command =
      add(app, "beat", "Report for a job: it succeeded, began or failed; or run it and report");
  command->add_option("JOB", words.beat.job, "The NAME of [source.job.NAME]")->required();
  CLI::Option* const start = command->add_flag("--start", words.begun, "It has begun");
  CLI::Option* const fail = command->add_flag("--fail", words.failed, "It has failed");
  CLI::Option* const code =
      command->add_option("--exit-code", words.exit_code, "It has ended so: 0 is success")
          ->type_name("N")
          ->check(CLI::Range(0, 255));
  CLI::Option* const run =
      command->add_option("COMMAND", words.beat.command,
                          "Behind --: runs it, reports its start and its end, ends as it does");
  start->excludes(fail)->excludes(code)->excludes(run);
  fail->excludes(code)->excludes(run);
  code->excludes(run);
  command->callback([&words, code] {
    if (words.begun) words.beat.word = "start";
    if (words.failed) words.beat.word = "fail";
    if (code->count() > 0) words.beat.word = std::to_string(words.exit_code);
    words.chosen = [&words] { return beat(words.common, words.beat); };
  });
}

/// `config --help KEY` is what people try first: here the flag is the command's own.
void add_config(CLI::App& app, Words& words) {
  CLI::App* const command = add(app, "config", "What a configuration may say");
  command->set_help_flag();
  CLI::Option* const help =
      command->add_option("-h,--help", words.word, "About a key or a section; without one, all")
          ->expected(0, 1)
          ->type_name("KEY");
  CLI::Option* const reference =
      command->add_flag("--reference", words.reference, "The whole reference as Markdown");
  CLI::Option* const schema = command->add_flag("--schema", words.schema,
                                                "A JSON schema (draft-07) of a file, for editors");
  help->excludes(reference)->excludes(schema);
  reference->excludes(schema);
  command->callback([&words] {
    words.chosen = [&words] {
      if (words.reference) return config_reference();
      return words.schema ? config_schema_text() : config_help(words.word);
    };
  });
}

void add_common(CLI::App& app, Words& words) {
  app.add_option("--config", words.common.folder, "Configuration folder")
      ->type_name("FOLDER")
      ->capture_default_str();
  app.add_option("--socket", words.common.socket, "Control socket, instead of the configuration's")
      ->type_name("PATH");
  app.add_flag("--json", words.common.json, "JSON instead of tables");
  app.set_version_flag("--version", "tocsin " + std::string(app::kVersion), "Tell the version");
  app.require_subcommand(1);
}

/// What tells about the program itself.
void add_about(CLI::App& app, Words& words) {
  CLI::App* const help = add(app, "help", "Tell about a command");
  help->add_option("COMMAND", words.path, "Its name; without one, all")->expected(0, -1);
  help->callback([&words] { words.chosen = [&words] { return help_about_command(words.path); }; });
  CLI::App* const manual = add(app, "man", "The man pages, for man -l");
  manual->add_option("1|5", words.number, "1: tocsin(1), 5: tocsin.toml(5)")
      ->required()
      ->check(CLI::IsMember({1, 5}));
  manual->callback([&words] { words.chosen = [&words] { return man_page(words.number); }; });
  CLI::App* const completions =
      add(app, "completions", "What makes a shell complete tocsin's words");
  completions->add_option("bash|zsh|fish", words.word, "The shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completions->callback(
      [&words] { words.chosen = [&words] { return completion_script(words.word); }; });
}

void add_all(CLI::App& app, Words& words) {
  app.description("tocsin watches a server and its applications, and rings for people.");
  app.name("tocsin");
  app.set_help_flag("-h,--help", "Tell about the command");
  add_common(app, words);
  add_run(app, words);
  add_test(app, words);
  add_backtest(app, words);
  add_looking(app, words);
  add_report(app, words);
  add_query(app, words);
  add_incident_words(app, words);
  add_silences(app, words);
  add_changes(app, words);
  add_accept(app, words);
  add_drill(app, words);
  add_maintenance(app, words);
  add_beat(app, words);
  add_rest(app, words);
  add_config(app, words);
  add_about(app, words);
}

std::string mistake_in(const CLI::App& app, const CLI::ParseError& error) {
  const Grammar described = describe(app);
  const Command* const command = find_command(described, chosen_path(app));
  return mistake_text(described, *command, app.remaining(true), error.what());
}

/// Fills in the words, or says with which status it ends here. The grammar is gone then: a daemon
/// does not carry it around.
std::optional<int> read_words(int argc, const char* const* argv, Words& words) {
  CLI::App app;
  add_all(app, words);
  if (argc < 2) {
    const Grammar described = describe(app);
    fmt::print(stderr, "{}", help_text(described, described.front()));
    return usage_or_configuration;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const Grammar described = describe(app);
    fmt::print("{}", help_text(described, *find_command(described, chosen_path(app))));
    return well;
  } catch (const CLI::CallForVersion&) {
    fmt::print("tocsin {}\n", app::kVersion);
    return well;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}", mistake_in(app, error));
    return usage_or_configuration;
  }
  return std::nullopt;
}

}  // namespace

Grammar grammar() {
  Words words;
  CLI::App app;
  add_all(app, words);
  return describe(app);
}

std::string objection_to(std::span<const std::string> words) {
  Words filled;
  CLI::App app;
  add_all(app, filled);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::Success&) {
    return "";
  } catch (const CLI::ParseError& error) {
    return mistake_in(app, error);
  }
  return "";
}

int command_line(int argc, const char* const* argv) {
  // Not in the grammar: the words are another command line's, half written.
  if (argc > 1 && std::string_view(argv[1]) == kCompleteWord)
    return complete_words({argv + 2, argv + argc});
  Words words;
  if (const std::optional<int> ended = read_words(argc, argv, words)) return *ended;
  return words.chosen ? words.chosen() : usage_or_configuration;
}

}  // namespace tocsin::commands
