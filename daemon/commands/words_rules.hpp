// The grammar of the commands about rules, the past and the configuration; command_line.cpp alone
// includes it, so that CLI11 is compiled once.
#pragma once

#include <CLI/App.hpp>

#include "commands/backtest.hpp"
#include "commands/rule_tests.hpp"
#include "commands/words.hpp"

namespace tocsin::commands {

inline void add_test(CLI::App& app, Words& words) {
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

inline void add_backtest(CLI::App& app, Words& words) {
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
  command->add_flag("--embedded", what.embedded, "As check takes it: a backtest always does so");
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

inline void add_report(CLI::App& app, Words& words) {
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

inline void add_query(CLI::App& app, Words& words) {
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

/// `config --help KEY` is what people try first: here the flag is the command's own.
inline void add_config(CLI::App& app, Words& words) {
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

}  // namespace tocsin::commands
