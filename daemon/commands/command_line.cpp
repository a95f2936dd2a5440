// The command line's grammar.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <optional>
#include <string_view>

#include "app/view.hpp"
#include "commands/commands.hpp"
#include "commands/completion.hpp"
#include "commands/describe.hpp"
#include "commands/grammar.hpp"
#include "commands/help.hpp"
#include "commands/words.hpp"
#include "commands/words_people.hpp"
#include "commands/words_rules.hpp"

namespace tocsin::commands {

CLI::App* add(CLI::App& app, const std::string& name, const std::string& what) {
  CLI::App* const command = app.add_subcommand(name, what);
  command->fallthrough();  // --json and its like may stand behind the subcommand
  return command;
}

void add_by(CLI::App* command, Words& words) {
  command->add_option("--by", words.common.by, "Who says it, where you may speak for others")
      ->type_name("NAME");
}

namespace {

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

void add_common(CLI::App& app, Words& words) {
  app.add_option("--config", words.common.folder, "Configuration folder")
      ->type_name("FOLDER")
      ->capture_default_str();
  app.add_option("--socket", words.common.socket, "Control socket, instead of the configuration's")
      ->type_name("PATH");
  app.add_flag("--json", words.common.json, "JSON instead of tables");
  app.add_flag("--wide", words.common.wide, "Tables whole, however narrow the terminal");
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
    const Command& command = *find_command(described, chosen_path(app));
    const std::vector<std::string> left = app.remaining(true);
    if (!left.empty() && !left.front().starts_with('-') &&
        !commands_within(described, command.path).empty()) {
      fmt::print(stderr, "{}", mistake_text(described, command, left, ""));
      return usage_or_configuration;
    }
    fmt::print("{}", help_text(described, command));
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
