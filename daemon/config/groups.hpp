// [group.*]: settings of every rule that a group's `match` finds.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/model/matcher.hpp"

namespace tocsin::config {

class Groups {
 public:
  /// Both outlive this.
  Groups(const Survey& survey, Report& report);

  /// `tables` are the rule's own, an override before it: the tables of its groups go between them.
  /// Two groups that set the same of one rule are reported.
  void join(const Found& rule, std::vector<const Value*>& tables);
  /// To be called once all rules have been asked for: a group that found none is reported.
  void check_matched();

 private:
  struct Group {
    const Found* found = nullptr;
    Matchers match;
    Place match_at;
    bool matched = false;
  };
  void check_clash(const Found& rule, const std::vector<const Value*>& tables,
                   const std::vector<const Group*>& joined);
  void clash(const Found& rule, const Group& group, const Entry& entry, const Group& other);
  [[nodiscard]] std::string meant(const Group& group) const;

  Report& report_;
  std::vector<Group> groups_;
  std::set<std::pair<std::string, std::string>> seen_;  ///< label and value of rules
  std::set<const Entry*> clashed_;
};

}  // namespace tocsin::config
