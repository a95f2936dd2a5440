#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/json.hpp"
#include "commands/backtest.hpp"
#include "tocsin/backtest/report.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

json::value closing(const std::optional<WallTime>& at) {
  return at ? json::value(format_rfc3339(*at)) : json::value(nullptr);
}

json::object rule_json(const backtest::RuleReport& rule) {
  json::object whom;
  for (const auto& [receiver, rings] : rule.whom) whom[receiver] = rings;
  json::array hours;
  for (const std::size_t pages : rule.hours) hours.emplace_back(pages);
  json::object out;
  out["rule"] = app::text(rule.rule);
  out["pages"] = rule.pages;
  out["untold"] = rule.untold;
  out["rings"] = rule.rings;
  out["wakes"] = rule.wakes;
  out["level"] = rule.level;
  out["receivers"] = std::move(whom);
  out["hours"] = std::move(hours);
  out["firing_seconds"] = in_seconds(rule.firing);
  out["median_seconds"] = in_seconds(rule.median);
  out["longest_seconds"] = in_seconds(rule.longest);
  out["open_at_end"] = rule.open_at_end;
  out["found_series"] = rule.found_series;
  out["error"] = app::text(rule.error);
  return out;
}

json::object episode_json(const backtest::Episode& episode, WallTime from, WallTime end) {
  json::array rules;
  for (const std::string& rule : episode.rules) rules.emplace_back(app::text(rule));
  json::array instances;
  for (const Labels& labels : episode.instances) instances.push_back(app::json_of(labels));
  json::array rings;
  for (const backtest::Ring& ring : episode.rings) {
    json::object one;
    one["at"] = format_rfc3339(ring.at);
    one["receiver"] = app::text(ring.receiver);
    one["level"] = ring.level;
    one["wakes"] = ring.wakes;
    one["kind"] = app::text(to_string(ring.kind));
    rings.push_back(std::move(one));
  }
  json::object out;
  out["incident"] = episode.id.value;
  out["policy"] = app::text(episode.policy);
  out["group"] = app::text(episode.group_key);
  out["rules"] = std::move(rules);
  out["instances"] = std::move(instances);
  out["instances_total"] = episode.instances_total;
  out["severity"] = app::text(to_string(episode.severity));
  out["opened"] = format_rfc3339(episode.opened);
  out["open_before"] = episode.opened < from;
  out["closed"] = closing(episode.closed);
  out["close_reason"] = app::text(episode.close_reason);
  out["lasted_seconds"] = in_seconds(episode.lasted(end));
  out["rings"] = std::move(rings);
  return out;
}

}  // namespace

json::object report_json(const Past& past, const Backtested& tested, const TimeZone& zone) {
  const backtest::Outcome& outcome = tested.outcome;
  json::array remarks;
  for (const std::string& remark : past.remarks) remarks.emplace_back(app::text(remark));
  json::array absences;
  for (const backtest::Absence& each : outcome.absences) {
    json::object one;
    one["from"] = format_rfc3339(each.from);
    one["to"] = format_rfc3339(each.to);
    absences.push_back(std::move(one));
  }
  json::array rules;
  for (const backtest::RuleReport& rule : backtest::report(outcome, zone)) {
    rules.push_back(rule_json(rule));
  }
  json::array incidents;
  for (const backtest::Episode& each : outcome.episodes) {
    incidents.push_back(episode_json(each, outcome.from, outcome.to));
  }
  json::object out;
  out["source"] = app::text(past.source);
  out["zone"] = app::text(zone.name());
  out["from"] = format_rfc3339(outcome.from);
  out["to"] = format_rfc3339(outcome.to);
  out["targets"] = past.recording.targets.size();
  out["scrapes"] = outcome.scrapes;
  out["samples"] = outcome.samples;
  out["notes"] = std::move(remarks);
  out["without_samples"] = std::move(absences);
  out["rules"] = std::move(rules);
  out["incidents"] = std::move(incidents);
  return out;
}

json::array comparison_json(const Backtested& one, const Backtested& other) {
  json::array all;
  for (const auto& each : backtest::compare(one.outcome, other.outcome)) {
    json::array pairs;
    for (const backtest::Pair& pair : each.pairs) {
      json::object names;
      names["one"] = pair.one != nullptr ? json::value(pair.one->id.value) : json::value(nullptr);
      names["other"] =
          pair.other != nullptr ? json::value(pair.other->id.value) : json::value(nullptr);
      pairs.push_back(std::move(names));
    }
    json::object out;
    out["rule"] = app::text(each.rule);
    out["against"] = app::text(each.against);
    out["both"] = each.both;
    out["only_one"] = each.only_one;
    out["only_other"] = each.only_other;
    out["sooner_seconds"] = in_seconds(each.sooner);
    out["pairs"] = std::move(pairs);
    all.push_back(std::move(out));
  }
  return all;
}

}  // namespace tocsin::commands
