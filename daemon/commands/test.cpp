#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "app/json.hpp"
#include "commands/ask.hpp"
#include "commands/check_json.hpp"
#include "commands/commands.hpp"
#include "commands/rule_tests.hpp"
#include "commands/table.hpp"
#include "toml/load.hpp"

namespace tocsin::commands {

namespace json = boost::json;

std::size_t FileOutcome::failed() const {
  return static_cast<std::size_t>(
      std::count_if(tests.begin(), tests.end(),
                    [](const TestOutcome& outcome) { return !outcome.failures.empty(); }));
}

double FileOutcome::seconds() const {
  double sum = 0;
  for (const TestOutcome& outcome : tests) sum += outcome.seconds;
  return sum;
}

namespace {

FileOutcome run_file(const std::string& path, const std::string& filter) {
  toml::LoadedSuite loaded = toml::load_suite(path, {"server-1", app::rules_folder()});
  FileOutcome file;
  file.file = path;
  file.suite = std::move(loaded.suite);
  file.diagnostics = std::move(loaded.diagnostics);
  if (!file.suite) return file;
  for (const ruletest::Test& test : file.suite->tests) {
    if (test.name.find(filter) == std::string::npos) continue;
    const auto begun = std::chrono::steady_clock::now();
    TestOutcome outcome{&test, ruletest::run(file.suite->config, test), 0};
    outcome.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    file.tests.push_back(std::move(outcome));
  }
  return file;
}

json::object outcome_json(const TestOutcome& outcome) {
  json::array failures;
  for (const ruletest::Failure& failure : outcome.failures) {
    json::array around;
    for (const std::string& line : failure.around) around.push_back(app::text(line));
    json::object one;
    one["line"] = failure.place.line;
    one["column"] = failure.place.column;
    one["what"] = app::text(failure.what);
    one["expected"] = app::text(failure.expected);
    one["got"] = app::text(failure.got);
    one["around"] = std::move(around);
    failures.push_back(std::move(one));
  }
  json::object out;
  out["name"] = app::text(outcome.test->name);
  out["passed"] = outcome.failures.empty();
  out["seconds"] = outcome.seconds;
  out["failures"] = std::move(failures);
  return out;
}

void print_as_json(const std::vector<FileOutcome>& files, int status) {
  json::array all;
  for (const FileOutcome& file : files) {
    json::array diagnostics;
    for (const config::Diagnostic& one : file.diagnostics) {
      diagnostics.push_back(json_of(one, "."));
    }
    json::array tests;
    for (const TestOutcome& outcome : file.tests) tests.push_back(outcome_json(outcome));
    json::object out;
    out["file"] = app::text(file.file);
    out["diagnostics"] = std::move(diagnostics);
    out["tests"] = std::move(tests);
    all.push_back(std::move(out));
  }
  json::object out;
  out["ok"] = status == well;
  out["files"] = std::move(all);
  print_json(out);
}

std::string many(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void print(const FileOutcome& file, bool verbose) {
  const bool colour = colour_wanted();
  if (!file.suite) fmt::print("{}", config::render(file.diagnostics));
  for (const TestOutcome& outcome : file.tests) {
    const bool passed = outcome.failures.empty();
    for (const ruletest::Failure& failure : outcome.failures) {
      fmt::print("{}\n", ruletest::render(*file.suite, *outcome.test, failure));
    }
    if (!verbose) continue;
    fmt::print("{}  {} ({:.1f} ms)\n",
               passed ? styled("passed", Look::good, colour) : styled("FAILED", Look::bad, colour),
               outcome.test->name, outcome.seconds * 1000);
  }
  const std::string verdict =
      !file.suite          ? styled("bad file", Look::bad, colour)
      : file.failed() == 0 ? styled("all passed", Look::good, colour)
                           : styled(many(file.failed(), "test") + " failed", Look::bad, colour);
  fmt::print("{}: {}, {} ({:.0f} ms)\n", file.file, many(file.tests.size(), "test"), verdict,
             file.seconds() * 1000);
}

bool write_junit(const std::string& path, const std::vector<FileOutcome>& files) {
  std::ofstream out(path);
  out << junit_xml(files);
  out.close();
  if (out) return true;
  fmt::print(stderr, "{}: cannot be written\n", path);
  return false;
}

int status_of(const std::vector<FileOutcome>& files) {
  const auto bad = [](const FileOutcome& file) { return !file.suite; };
  const auto failed = [](const FileOutcome& file) { return file.failed() > 0; };
  if (std::any_of(files.begin(), files.end(), bad)) return usage_or_configuration;
  return std::any_of(files.begin(), files.end(), failed) ? fires_or_fails : well;
}

}  // namespace

int test(const Common& common, const RuleTests& what) {
  std::vector<FileOutcome> files;
  for (const std::string& path : what.files) files.push_back(run_file(path, what.filter));
  int status = status_of(files);
  const bool none = std::all_of(files.begin(), files.end(), [](const FileOutcome& file) {
    return file.suite && file.tests.empty();
  });
  if (none) {
    fmt::print(stderr, "no test's name contains `{}`\n", what.filter);
    return usage_or_configuration;
  }
  if (!what.junit.empty() && !write_junit(what.junit, files)) status = usage_or_configuration;
  if (common.json) {
    print_as_json(files, status);
    return status;
  }
  for (const FileOutcome& file : files) print(file, what.verbose);
  return status;
}

}  // namespace tocsin::commands
