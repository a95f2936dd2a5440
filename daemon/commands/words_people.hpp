// The grammar of the commands by which people tell the daemon something; command_line.cpp alone
// includes it, so that CLI11 is compiled once.
#pragma once

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <string>

#include "commands/describe.hpp"
#include "commands/words.hpp"
#include "receivers/sample_notice.hpp"

namespace tocsin::commands {

inline void add_incident_words(CLI::App& app, Words& words) {
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

inline void add_changes(CLI::App& app, Words& words) {
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

inline void add_accept(CLI::App& app, Words& words) {
  CLI::App* const command =
      add(app, "accept", "What a rule's baseline sees now is normal from here on");
  command->add_option("RULE", words.word, "The rule's name")->required();
  add_by(command, words);
  command->callback(
      [&words] { words.chosen = [&words] { return accept(words.common, words.word); }; });
}

inline void add_drill(CLI::App& app, Words& words) {
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

inline void add_silences(CLI::App& app, Words& words) {
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

inline void add_maintenance(CLI::App& app, Words& words) {
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

inline void add_rest(CLI::App& app, Words& words) {
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
                   fmt::format("{}; by default opened, or as the incident stands",
                               fmt::join(receivers::kind_words(), ", ")))
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
  notify->add_flag("--embedded", words.preview.embedded, kEmbedded)->needs(shown);
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

inline void add_beat(CLI::App& app, Words& words) {
  CLI::App* const command =
      add(app, "beat", "Report for a job: it succeeded, began or failed; or run it and report");
  command->add_option("JOB", words.beat.job, "The NAME of [source.job.NAME]")->required();
  CLI::Option* const start = command->add_flag("--start", words.begun, "It has begun");
  CLI::Option* const fail = command->add_flag("--fail", words.failed, "It has failed");
  CLI::Option* const code =
      command->add_option("--exit-code", words.exit_code, "It has ended so: 0 is success")
          ->type_name("N")
          ->check(CLI::Range(0, 255).description(""));
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

}  // namespace tocsin::commands
