#include "commands/backtest.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstdio>

#include "app/json.hpp"
#include "commands/ask.hpp"
#include "commands/check_json.hpp"
#include "loop/clock.hpp"
#include "tocsin/backtest/replay.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {}  // namespace

std::optional<Version> read_version(const Common& common, const Backtest& what,
                                    const std::vector<std::string>& paths) {
  app::RunOptions options;
  options.folder = common.folder;
  options.state = what.state;
  options.embedded = what.embedded;
  std::vector<std::string> named;
  const bool elsewhere = !what.csv.empty() || !what.prometheus.empty();
  Version version;
  version.configuration = paths.empty() ? app::load_configuration(options)
                                        : app::load_edited(options, paths, named, elsewhere);
  std::vector<config::Diagnostic> shown = version.configuration.diagnostics;
  std::erase_if(shown, [&paths](const config::Diagnostic& one) {
    const bool about_edit =
        std::any_of(paths.begin(), paths.end(),
                    [&one](const std::string& path) { return one.file.starts_with(path); });
    return one.level == config::Level::warning && !about_edit;
  });
  if (!version.configuration.config) {
    if (common.json) {
      print_json(check_json(version.configuration, common.folder));
    } else {
      fmt::print(stderr, "{}\n", config::render(shown));
    }
    return std::nullopt;
  }
  if (!shown.empty()) fmt::print(stderr, "{}\n", config::render(shown));
  for (const std::string& only : what.only) {
    if (version.configuration.config->engine.rule(only) != nullptr) continue;
    std::vector<std::string> names;
    for (const rule::Rule& rule : version.configuration.config->engine.rules)
      names.push_back(rule.name);
    fmt::print(stderr, "tocsin: {}\n", nothing_called("rule", only, names));
    return std::nullopt;
  }
  version.engine = backtest::restricted(version.configuration.config->engine,
                                        what.only.empty() ? named : what.only);
  return version;
}

namespace {

backtest::Outcome replayed(const Version& version, const Past& past, std::string_view title) {
  backtest::ReplayOptions options;
  options.from = past.from;
  options.to = past.to;
  options.progress = [&](WallTime at) {
    show_progress(fmt::format("replaying{}: {}", title, format_rfc3339(at)));
  };
  backtest::Outcome outcome = backtest::replay(version.engine, past.recording, options);
  show_progress("");
  return outcome;
}

}  // namespace

int complain(const Error& error) {
  show_progress("");
  fmt::print(stderr, "tocsin: {}\n", printable(error.text));
  switch (error.code) {
    case ErrorCode::invalid:
    case ErrorCode::not_found:
    case ErrorCode::denied:
      return usage_or_configuration;
    default:
      return not_reached;
  }
}

namespace {

std::string joined(const std::vector<std::string>& paths) {
  std::string out;
  for (const std::string& path : paths) out += (out.empty() ? "" : ", ") + path;
  return out;
}

}  // namespace

void show_progress(const std::string& text) {
  static bool shown = false;
  if (isatty(STDERR_FILENO) == 0 || (text.empty() && !shown)) return;
  fmt::print(stderr, "\r\x1b[K{}", text);
  std::fflush(stderr);
  shown = !text.empty();
}

int backtest_rules(const Common& common, const Backtest& what) {
  const auto zone = zone_of(what.zone);
  if (!zone) return complain(zone.error());
  const auto one = read_version(common, what, what.rules);
  if (!one) return usage_or_configuration;
  std::optional<Version> other;
  backtest::Wanted wanted(one->engine);
  if (!what.against.empty()) {
    other = read_version(common, what, what.against);
    if (!other) return usage_or_configuration;
    wanted.join(backtest::Wanted(other->engine));
  }
  if (one->engine.rules.empty())
    return complain({ErrorCode::invalid, "there is no rule to replay"});
  auto past =
      past_of(what, one->configuration.config->storage.path, one->engine.host, wanted, *zone);
  if (!past) return complain(past.error());
  const TimeZone shown_zone = zone->value_or(TimeZone());
  const Backtested first{
      other ? (what.rules.empty() ? "the configuration" : joined(what.rules)) : "",
      replayed(*one, *past, "")};
  if (first.outcome.scrapes == 0) {
    return complain({ErrorCode::not_found, past->source + " has no samples in that time"});
  }
  if (!other) {
    if (common.json) {
      print_json(report_json(*past, first, shown_zone));
    } else {
      print_report(*past, first, what, shown_zone, common.wide);
    }
    return well;
  }
  const Backtested second{joined(what.against), replayed(*other, *past, " the other version")};
  if (common.json) {
    json::object out;
    out["one"] = report_json(*past, first, shown_zone);
    out["other"] = report_json(*past, second, shown_zone);
    out["comparison"] = comparison_json(first, second);
    print_json(out);
  } else {
    print_comparison(*past, first, second, what, shown_zone, common.wide);
  }
  return well;
}

}  // namespace tocsin::commands
