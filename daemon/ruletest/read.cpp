#include "tocsin/ruletest/read.hpp"

#include <algorithm>
#include <set>

#include "config/fields.hpp"
#include "config/report.hpp"
#include "config/survey.hpp"
#include "series.hpp"

namespace tocsin::ruletest {
namespace {

using config::Entry;
using config::Fields;
using config::Kind;
using config::Report;
using config::Value;

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const Named& each : all) names.push_back(each.name);
  return names;
}

NoticeKind notice_kind_from(std::string_view text) {
  for (const NoticeKind kind :
       {NoticeKind::opened, NoticeKind::repeated, NoticeKind::told_again, NoticeKind::updated,
        NoticeKind::severity_rose, NoticeKind::flapping, NoticeKind::acknowledged,
        NoticeKind::closed, NoticeKind::summary}) {
    std::string word(to_string(kind));
    std::replace(word.begin(), word.end(), ' ', '_');
    if (word == text) return kind;
  }
  return NoticeKind::opened;
}

AlertState state_from(std::string_view text) {
  for (const AlertState state : {AlertState::pending, AlertState::firing, AlertState::clearing}) {
    if (to_string(state) == text) return state;
  }
  return AlertState::inactive;
}

class TestsReader {
 public:
  TestsReader(const config::EngineConfig* config, Report& report)
      : config_(config), report_(report) {
    if (config == nullptr) return;
    rules_ = names_of(config->rules);
    targets_ = names_of(config->targets);
    receivers_ = names_of(config->receivers);
  }

  Test test(const Value& table) {
    const Fields fields = fields_of("test[]", table);
    Test test;
    test.name = fields.text("name");
    test.place = fields.place("name");
    if (!names_.insert(test.name).second) {
      report_.error(test.place, fmt::format("`{}` stands here twice", test.name),
                    "each test has a name of its own");
    }
    const auto start = parse_rfc3339(fields.text("start"));
    if (start) {
      test.start = *start;
    } else {
      report_.error(fields.place("start"), "`start` is no time",
                    "for example start = \"2025-03-30T00:55:00Z\"");
    }
    for (const Value* each : tables(table, "scrape")) test.targets.push_back(target(*each, test));
    for (const Value* each : tables(table, "command")) test.commands.push_back(command(*each));
    for (const Value* each : tables(table, "alert")) test.alerts.push_back(alert(*each));
    if (const Entry* notices = table.find("notice")) {
      test.notices_place = notices->place;
      test.notices.emplace();
      for (const Value* each : tables(table, "notice")) test.notices->push_back(notice(*each));
    }
    if (test.alerts.empty() && !test.notices) {
      report_.error(test.place, "the test expects nothing",
                    "give it alert = [ … ] or notice = [ … ]");
    }
    test.until = fields.maybe_duration("until").value_or(end_of(test));
    const auto by_time = [](const PersonSays& a, const PersonSays& b) { return a.at < b.at; };
    std::stable_sort(test.commands.begin(), test.commands.end(), by_time);
    return test;
  }

 private:
  static Fields fields_of(std::string_view section, const Value& table) {
    return {section, {&table}, table.place, test_keys()};
  }

  static std::vector<const Value*> tables(const Value& table, std::string_view name) {
    std::vector<const Value*> all;
    const Entry* entry = table.find(name);
    if (entry == nullptr) return all;
    for (const Value& item : entry->value.items) {
      if (item.kind == Kind::table) all.push_back(&item);
    }
    return all;
  }

  void must_be(const Fields& fields, std::string_view key, std::string_view what,
               const std::vector<std::string>& known, std::string hint = "") {
    const std::string name = fields.text(key);
    if (config_ == nullptr || !fields.has(key) || name.empty()) return;
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    report_.error(fields.place(key), fmt::format("no {} is called `{}`", what, name),
                  config::did_you_mean(name, known, std::move(hint)));
  }
  void must_be_rule(const Fields& fields, std::string_view key) {
    must_be(fields, key, "rule", rules_, "[packs] enable and `load` say which rules there are");
  }

  ScriptedTarget target(const Value& table, const Test& test) {
    const Fields fields = fields_of("test[].scrape[]", table);
    ScriptedTarget target;
    target.name = fields.text("target");
    must_be(fields, "target", "target", targets_, "this file may have a [source.…] of its own");
    const auto same = [&target](const ScriptedTarget& other) { return other.name == target.name; };
    if (std::any_of(test.targets.begin(), test.targets.end(), same)) {
      report_.error(fields.place("target"), fmt::format("`{}` stands here twice", target.name),
                    "all series of a target stand in one text, one a line");
    }
    if (const Entry* series = fields.find("series"); series && series->value.kind == Kind::text) {
      target.series = read_series(series->value, report_);
    }
    if (const Entry* fails = fields.find("fails")) {
      target.outages = read_outages(fails->value, report_);
    }
    return target;
  }

  PersonSays command(const Value& table) {
    const Fields fields = fields_of("test[].command[]", table);
    PersonSays says;
    says.place = table.place;
    says.at = fields.duration("at");
    says.by = fields.text("by");
    says.lasts = fields.maybe_duration("for");
    says.note = fields.text("note");
    says.impact = impact_from(fields.text("impact")).value_or(Impact::low);
    std::size_t verbs = 0;
    const auto verb = [&](std::string_view key, PersonSays::What what) {
      if (!fields.has(key)) return;
      ++verbs;
      says.what = what;
      says.about = fields.text(key);
      if (what != PersonSays::What::silence) must_be_rule(fields, key);
    };
    verb("ack", PersonSays::What::ack);
    verb("unack", PersonSays::What::unack);
    verb("silence", PersonSays::What::silence);
    verb("assess", PersonSays::What::assess);
    if (verbs != 1) {
      report_.error(table.place, "a command is one of `ack`, `unack`, `silence` and `assess`");
    } else if (says.what == PersonSays::What::silence && !says.lasts) {
      report_.error(table.place, "a silence needs `for`", "for example for = \"30m\"");
    } else if (says.what == PersonSays::What::assess && !fields.has("impact")) {
      report_.error(table.place, "`assess` needs `impact`", "for example impact = \"high\"");
    }
    return says;
  }

  ExpectedAlert alert(const Value& table) {
    const Fields fields = fields_of("test[].alert[]", table);
    ExpectedAlert alert;
    alert.place = table.place;
    alert.at = fields.duration("at");
    alert.rule = fields.text("rule");
    must_be_rule(fields, "rule");
    alert.labels = fields.labels("labels");
    alert.state = state_from(fields.text("state"));
    alert.severity = severity_from(fields.text("severity"));
    if (const Entry* value = fields.find("value")) {
      if (const auto quantity = config::to_quantity(value->value)) alert.value = quantity->value;
    }
    if (fields.has("summary")) alert.summary = fields.text("summary");
    if (fields.has("no_data")) alert.no_data = fields.flag("no_data");
    if (fields.has("count")) alert.count = fields.count("count");
    if (alert.state == AlertState::inactive) {
      for (const std::string_view key : {"severity", "summary", "no_data", "count"}) {
        if (!fields.has(key)) continue;
        report_.error(fields.place(key), fmt::format("an alert that is inactive has no `{}`", key));
      }
    }
    return alert;
  }

  ExpectedNotice notice(const Value& table) {
    const Fields fields = fields_of("test[].notice[]", table);
    ExpectedNotice notice;
    notice.place = table.place;
    notice.at = fields.duration("at");
    notice.to = fields.text("to");
    must_be(fields, "to", "receiver", receivers_);
    notice.kind = notice_kind_from(fields.text("is"));
    if (fields.has("level")) notice.level = static_cast<int>(fields.count("level"));
    if (fields.has("rule")) notice.rule = fields.text("rule");
    must_be_rule(fields, "rule");
    notice.severity = severity_from(fields.text("severity"));
    if (fields.has("title")) notice.title = fields.text("title");
    return notice;
  }

  [[nodiscard]] Duration end_of(const Test& test) const {
    Duration end{};
    for (const ScriptedTarget& target : test.targets) {
      const config::Target* known = config_ == nullptr ? nullptr : config_->target(target.name);
      if (known == nullptr) continue;
      for (const ScriptedSeries& series : target.series) {
        end = std::max(end, known->every * static_cast<Duration::rep>(series.values.size() - 1));
      }
    }
    const auto consider = [&end](const auto& all) {
      for (const auto& each : all) end = std::max(end, each.at);
    };
    consider(test.commands);
    consider(test.alerts);
    if (test.notices) consider(*test.notices);
    return end;
  }

  const config::EngineConfig* config_;
  Report& report_;
  std::vector<std::string> rules_;
  std::vector<std::string> targets_;
  std::vector<std::string> receivers_;
  std::set<std::string> names_;
};

}  // namespace

std::vector<Test> read_tests(const std::vector<config::File>& files, const Value& tests,
                             const config::EngineConfig* config,
                             std::vector<config::Diagnostic>& found) {
  config::Input input;
  input.files = files;
  Value nothing;
  nothing.kind = Kind::table;
  input.roots.assign(files.size(), nothing);
  if (tests.place.file < input.roots.size()) input.roots[tests.place.file] = tests;
  Report report(input, found);
  const config::Survey survey = config::survey(input, report, test_keys());
  TestsReader reader(config, report);
  std::vector<Test> all;
  for (const config::Found* each : survey.of("test[]")) all.push_back(reader.test(*each->table));
  if (all.empty() && tests.kind == Kind::table) {
    config::Place place;
    place.file = tests.place.file;
    report.error(place, "no test stands here", "a test begins with [[test]]");
  }
  return all;
}

}  // namespace tocsin::ruletest
