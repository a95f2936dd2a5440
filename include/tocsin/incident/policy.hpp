// Who hears of an incident, and when: the levels that it climbs.
#pragma once

#include <string>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/model/matcher.hpp"

namespace tocsin::incident {

/// Several entries may share a level: each with whom it concerns.
struct NotifyEntry {
  int level = 1;
  Duration after{};  ///< from the open
  Matchers match;    ///< reads an alert's labels, the rule's, `severity` and `impact`; empty: all
  std::vector<std::string> to;
};

struct Policy {
  std::string name;
  Duration repeat = std::chrono::minutes(15);  ///< of the last level that applies
  Duration ack_expires = std::chrono::minutes(30);
  Duration group_interval = std::chrono::minutes(1);
  std::vector<std::string> group_by;  ///< labels besides the rule's name; ["..."] never grouped
  bool group_by_rule = true;
  std::string conference;            ///< link, told from level 3 on
  std::vector<NotifyEntry> entries;  ///< sorted by level, then as written
};

}  // namespace tocsin::incident
