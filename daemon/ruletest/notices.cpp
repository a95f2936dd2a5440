// What was told, against all that should have been: nothing may be missing and nothing besides.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "expectations.hpp"

namespace tocsin::ruletest {
namespace {

using Rules = std::set<std::string>;

/// The rules whose alerts an incident's notices show: that of its close shows none any more.
std::map<IncidentId, Rules> rules_of(const std::vector<engine::Telling>& told) {
  std::map<IncidentId, Rules> rules;
  for (const engine::Telling& each : told) {
    for (const NoticeAlert& alert : each.delivery.notice.alerts) {
      rules[each.delivery.incident].insert(alert.rule);
    }
  }
  return rules;
}

bool fits(const ExpectedNotice& expected, const engine::Telling& told, const Rules& rules) {
  const Delivery& delivery = told.delivery;
  const Notice& notice = delivery.notice;
  return expected.at == told.at && expected.to == delivery.receiver &&
         expected.kind == notice.kind && (!expected.level || *expected.level == delivery.level) &&
         (!expected.rule || rules.contains(*expected.rule)) &&
         (!expected.severity || *expected.severity == notice.severity) &&
         (!expected.title || *expected.title == notice.title);
}

/// It is probably the one that was meant, and differs in one thing or the other.
bool resembles(const ExpectedNotice& expected, const engine::Telling& told, const Rules&) {
  const bool same_moment = expected.at == told.at && expected.to == told.delivery.receiver;
  const bool same_kind =
      expected.to == told.delivery.receiver && expected.kind == told.delivery.notice.kind;
  return same_moment || same_kind;
}

std::string expected_line(const ExpectedNotice& expected) {
  std::string text =
      fmt::format("{} {} {}", format_duration(expected.at), expected.to, to_string(expected.kind));
  if (expected.level) text += fmt::format(" level {}", *expected.level);
  if (expected.severity) text += fmt::format(", {}", to_string(*expected.severity));
  if (expected.rule) text += ", " + *expected.rule;
  if (expected.title) text += fmt::format(": {}", *expected.title);
  return text;
}

std::string told_line(const engine::Telling& told) {
  return format_duration(told.at) + " " + line_of(told.delivery);
}

class NoticesCheck {
 public:
  NoticesCheck(const engine::VirtualRun& run, const Test& test, std::vector<Finding>& findings)
      : test_(test), findings_(findings), rules_(rules_of(run.told())) {
    for (const engine::Telling& told : run.told()) told_.push_back(&told);
    for (const ExpectedNotice& expected : *test.notices) expected_.push_back(&expected);
  }

  void check() {
    pair(fits, [](const ExpectedNotice&, const engine::Telling&) {});
    pair(resembles, [this](const ExpectedNotice& expected, const engine::Telling& told) {
      fail(expected.place, told.at, "another notice than expected", expected_line(expected),
           told_line(told));
    });
    for (const ExpectedNotice* expected : expected_) {
      fail(expected->place, expected->at, "a notice that was expected has not been told",
           expected_line(*expected), "nothing");
    }
    if (told_.empty()) return;
    std::string got;
    for (const engine::Telling* told : told_) {
      if (!got.empty()) got += "\n";
      got += told_line(*told);
    }
    fail(test_.notices_place, told_.front()->at, "more has been told than was expected", "nothing",
         std::move(got));
  }

 private:
  template <class Like, class Found>
  void pair(Like like, Found found) {
    std::vector<const ExpectedNotice*> left;
    for (const ExpectedNotice* expected : expected_) {
      const auto at = std::find_if(told_.begin(), told_.end(), [&](const engine::Telling* told) {
        return like(*expected, *told, rules_[told->delivery.incident]);
      });
      if (at == told_.end()) {
        left.push_back(expected);
        continue;
      }
      found(*expected, **at);
      told_.erase(at);
    }
    expected_ = std::move(left);
  }

  void fail(config::Place place, Duration at, std::string what, std::string expected,
            std::string got) {
    findings_.push_back(
        {{place, std::move(what), std::move(expected), std::move(got), {}}, at, ""});
  }

  const Test& test_;
  std::vector<Finding>& findings_;
  std::map<IncidentId, Rules> rules_;
  std::vector<const engine::Telling*> told_;
  std::vector<const ExpectedNotice*> expected_;
};

}  // namespace

std::string line_of(const Delivery& delivery) {
  return fmt::format("{} {} level {}, {}: {}", delivery.receiver, to_string(delivery.notice.kind),
                     delivery.level, to_string(delivery.notice.severity), delivery.notice.title);
}

void check_notices(const engine::VirtualRun& run, const Test& test,
                   std::vector<Finding>& findings) {
  if (test.notices) NoticesCheck(run, test, findings).check();
}

}  // namespace tocsin::ruletest
