// `tocsin backtest --learn`: the past is replayed here; what its baselines know then is handed to
// the daemon, rule by rule, over its control socket. It alone writes its state.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/json.hpp"
#include "commands/ask.hpp"
#include "commands/backtest.hpp"
#include "commands/table.hpp"
#include "loop/clock.hpp"
#include "tocsin/backtest/learning.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

constexpr Duration kOldAfter = std::chrono::hours(7 * 24);

/// What became of one rule.
struct Taught {
  const backtest::Lesson* lesson = nullptr;
  bool taken = false;
  std::string said;  ///< by the daemon, or why it was not asked
};

Result<Taught> teach(const Common& common, const backtest::Lesson& lesson, bool replace) {
  if (!lesson.trouble.empty()) return Taught{&lesson, false, lesson.trouble};
  json::object body;
  body["rule"] = json::string(lesson.learned.rule);
  body["meaning"] = lesson.learned.meaning;
  body["state"] = json::string(lesson.learned.state);
  body["replace"] = replace;
  const auto answer = post(common, "/learn", std::move(body));
  if (!answer) return tl::unexpected(answer.error());
  std::string said = text_of(answer->body, "text");
  if (said.empty()) said = text_of(answer->body, "error");
  const std::string own = lesson.learned.rule + ": ";
  if (said.starts_with(own)) said.erase(0, own.size());
  return Taught{&lesson, answer->status == 200, said};
}

std::string remark_on(const backtest::Lesson& lesson) {
  const Duration age = loop::now().wall - lesson.newest.value_or(loop::now().wall);
  std::string out = lesson.remark;
  if (age > kOldAfter) {
    out += (out.empty() ? "" : "; ") +
           fmt::format("it ends {} ago: what has changed since it does not know",
                       humanize_duration(age));
  }
  return out;
}

double share_of(const backtest::Lesson& lesson) {
  return lesson.known_for == Duration(0) ? 0
                                         : in_seconds(lesson.taught) / in_seconds(lesson.known_for);
}

void print_taught(const std::vector<Taught>& all) {
  Table table({"RULE", "HAS", "TAUGHT BY", "DAEMON"});
  for (const Taught& each : all) {
    const backtest::Lesson& lesson = *each.lesson;
    const bool any = lesson.known_for > Duration(0);
    table.add({{lesson.learned.rule},
               {any ? humanize_duration(lesson.known_for) : "nothing"},
               {any ? fmt::format("{:.0f} %", 100 * share_of(lesson)) : ""},
               {each.taken ? "has learned it" : "has not", each.taken ? Look::plain : Look::bad}});
  }
  table.print();
  for (const Taught& each : all) {
    fmt::print("{}: {}\n", each.lesson->learned.rule, printable(each.said));
    const std::string remark = each.taken ? remark_on(*each.lesson) : "";
    if (!remark.empty()) fmt::print("note: {}: {}\n", each.lesson->learned.rule, printable(remark));
  }
}

json::object taught_json(const Past& past, const backtest::Outcome& outcome,
                         const std::vector<Taught>& all) {
  json::array notes;
  for (const std::string& remark : past.remarks) notes.push_back(app::text(remark));
  json::array rules;
  for (const Taught& each : all) {
    const backtest::Lesson& lesson = *each.lesson;
    json::object one;
    one["rule"] = app::text(lesson.learned.rule);
    one["learned"] = each.taken;
    one["text"] = app::text(each.said);
    one["note"] = app::text(remark_on(lesson));
    one["known_seconds"] = in_seconds(lesson.known_for);
    one["taught_seconds"] = in_seconds(lesson.taught);
    one["until"] =
        lesson.newest ? json::value(format_rfc3339(*lesson.newest)) : json::value(nullptr);
    rules.push_back(std::move(one));
  }
  json::object out;
  out["source"] = app::text(past.source);
  out["from"] = format_rfc3339(outcome.from);
  out["to"] = format_rfc3339(outcome.to);
  out["notes"] = std::move(notes);
  out["rules"] = std::move(rules);
  return out;
}

/// A rule that is named must have a baseline.
std::string without_baseline(const Version& version, const Backtest& what) {
  for (const std::string& name : what.only) {
    const rule::Rule* const rule = version.engine.rule(name);
    if (rule != nullptr && !rule->normal) return name;
  }
  return "";
}

}  // namespace

int learn_baselines(const Common& common, const Backtest& what) {
  const auto zone = zone_of(what.zone);
  if (!zone) return complain(zone.error());
  auto version = read_version(common, what, {});
  if (!version) return usage_or_configuration;
  if (const std::string name = without_baseline(*version, what); !name.empty())
    return complain({ErrorCode::invalid, name + " has no baseline: neither `drop` nor `rise`"});
  const config::EngineConfig learners = backtest::learners(version->engine, what.only);
  if (learners.rules.empty())
    return complain({ErrorCode::invalid, "no rule has a baseline: neither `drop` nor `rise`"});
  // Before the long work: it is for the daemon that runs.
  if (const auto there = get(common, "/status"); !there) {
    unreached(there.error());
    fmt::print(stderr, "what is learned is handed to the daemon that runs: start it first\n");
    return not_reached;
  }
  auto past = past_of(what, version->configuration.config->storage.path, learners.host,
                      backtest::Wanted(learners), *zone);
  if (!past) return complain(past.error());
  backtest::ReplayOptions options;
  options.from = past->from;
  options.to = past->to;
  options.progress = [](WallTime at) { show_progress("learning: " + format_rfc3339(at)); };
  const backtest::Lessons learned = backtest::learn(learners, past->recording, options);
  show_progress("");
  if (learned.outcome.scrapes == 0)
    return complain({ErrorCode::not_found, past->source + " has no samples in that time"});
  std::vector<Taught> all;
  for (const backtest::Lesson& lesson : learned.lessons) {
    auto taught = teach(common, lesson, what.replace);
    if (!taught) return unreached(taught.error());
    all.push_back(std::move(*taught));
  }
  if (common.json) {
    print_json(taught_json(*past, learned.outcome, all));
  } else {
    print_heading(*past, learned.outcome, zone->value_or(TimeZone()));
    print_taught(all);
  }
  const auto taken = std::count_if(all.begin(), all.end(), [](const Taught& t) { return t.taken; });
  const bool enough =
      what.only.empty() ? taken > 0 : taken == static_cast<std::ptrdiff_t>(all.size());
  return enough ? well : fires_or_fails;
}

}  // namespace tocsin::commands
