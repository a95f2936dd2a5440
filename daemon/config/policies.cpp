#include "policies.hpp"

#include <algorithm>

#include "cycles.hpp"
#include "fields.hpp"
#include "receivers.hpp"

namespace tocsin::config {
namespace {

constexpr std::string_view kDefault = "default";

/// An entry with the places that later checks name.
struct ReadEntry {
  incident::NotifyEntry entry;
  Place level;
  Place after;
  std::vector<NamedAt> to;
};

const ReceiverDefinition* find(const std::vector<ReceiverDefinition>& receivers,
                               std::string_view name) {
  for (const ReceiverDefinition& each : receivers) {
    if (each.receiver.name == name) return &each;
  }
  return nullptr;
}

class PolicyReader {
 public:
  PolicyReader(const std::vector<ReceiverDefinition>& receivers, Report& report)
      : receivers_(receivers), report_(report) {
    for (const ReceiverDefinition& each : receivers) names_.push_back(each.receiver.name);
  }

  incident::Policy read(const Found& found) {
    const Fields fields(found.section->pattern, {found.table}, found.place);
    incident::Policy policy;
    policy.name = found.name;
    policy.ack_expires = fields.duration("ack_expires");
    policy.group_interval = fields.duration("group_interval");
    policy.group_by = fields.texts("group_by");
    policy.group_by_rule = fields.flag("group_by_rule");
    policy.conference = fields.text("conference");
    check_group_by(fields);
    std::vector<ReadEntry> entries = read_entries(found);
    if (entries.empty()) {
      report_.error(found.place, fmt::format("policy `{}` tells nobody", found.name),
                    fmt::format("it needs at least one [[policy.{}.notify]]", found.name));
    }
    check_order(entries);
    check_way_back(entries);
    policy.repeat = fields.maybe_duration("repeat").value_or(usual_repeat(entries));
    for (ReadEntry& each : entries) policy.entries.push_back(std::move(each.entry));
    return policy;
  }

 private:
  void check_group_by(const Fields& fields) {
    const Entry* entry = fields.find("group_by");
    if (entry == nullptr) return;
    const std::vector<NamedAt> names = names_at(entry->value);
    for (const NamedAt& each : names) {
      if (each.name == "...") {
        if (names.size() > 1) {
          report_.error(each.place, "\"...\" stands for all labels and stands alone");
        }
      } else if (!is_label_name(each.name)) {
        report_.error(each.place, fmt::format("`{}` is no label name", each.name));
      }
    }
  }

  std::vector<ReadEntry> read_entries(const Found& found) {
    std::vector<ReadEntry> entries;
    const Entry* notify = found.table->find("notify");
    if (notify == nullptr) return entries;
    for (const Value& item : notify->value.items) {
      if (item.kind == Kind::table) entries.push_back(read_entry(item));
    }
    std::stable_sort(entries.begin(), entries.end(), [](const ReadEntry& a, const ReadEntry& b) {
      return a.entry.level < b.entry.level;
    });
    return entries;
  }

  ReadEntry read_entry(const Value& table) {
    const Fields fields("policy.*.notify[]", {&table}, table.place);
    ReadEntry read;
    read.entry.level = static_cast<int>(std::clamp<std::uint64_t>(fields.count("level"), 1, 100));
    read.entry.after = fields.duration("after");
    if (fields.has("match")) {
      if (Result<Matchers> match = Matchers::parse(fields.text("match"))) {
        read.entry.match = std::move(*match);
      }
    }
    read.level = fields.place("level");
    read.after = fields.place("after");
    read.entry.to = fields.texts("to");
    if (const Entry* to = fields.find("to")) read.to = names_at(to->value);
    for (const NamedAt& each : read.to) {
      if (find(receivers_, each.name) != nullptr) continue;
      report_.unknown(each.place, fmt::format("no receiver is called `{}`", each.name),
                      did_you_mean(each.name, names_, all_of("receivers", names_)));
    }
    return read;
  }

  /// Levels fall due in their order.
  void check_order(const std::vector<ReadEntry>& entries) {
    Duration latest{};
    int latest_level = 0;
    Duration before{};  // the latest of all lower levels
    int before_level = 0;
    for (const ReadEntry& each : entries) {
      if (each.entry.level != latest_level) {
        if (latest >= before) {
          before = latest;
          before_level = latest_level;
        }
        latest = each.entry.after;
        latest_level = each.entry.level;
      } else {
        latest = std::max(latest, each.entry.after);
      }
      if (before_level == 0 || each.entry.after >= before) continue;
      report_.error(
          each.after,
          fmt::format("level {} falls due after {}, before level {} (after {})", each.entry.level,
                      format_duration(each.entry.after), before_level, format_duration(before)),
          "a higher level cannot come first");
    }
  }

  /// Somebody who acknowledges on the pager expects the climb to stop.
  void check_way_back(const std::vector<ReadEntry>& entries) {
    for (const ReadEntry& each : entries) {
      const bool climbs = std::any_of(
          entries.begin(), entries.end(),
          [&each](const ReadEntry& other) { return other.entry.level > each.entry.level; });
      if (!climbs) continue;
      for (const NamedAt& name : each.to) {
        const ReceiverDefinition* receiver = find(receivers_, name.name);
        if (receiver == nullptr || receiver->receiver.can_poll) continue;
        if (!std::holds_alternative<PagerDutyReceiver>(receiver->kind)) continue;
        report_.warning(name.place,
                        fmt::format("an acknowledgement made in PagerDuty will not stop the climb "
                                    "past level {}",
                                    each.entry.level),
                        fmt::format("give [receiver.{}] an `api_token`", name.name));
      }
    }
  }

  Duration usual_repeat(const std::vector<ReadEntry>& entries) {
    for (const ReadEntry& each : entries) {
      for (const std::string& name : each.entry.to) {
        const ReceiverDefinition* receiver = find(receivers_, name);
        if (receiver != nullptr && receiver->receiver.wakes) return minutes(15);
      }
    }
    return hours(4);
  }

  const std::vector<ReceiverDefinition>& receivers_;
  Report& report_;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<incident::Policy> read_policies(const Survey& survey,
                                            const std::vector<ReceiverDefinition>& receivers,
                                            Report& report) {
  PolicyReader reader(receivers, report);
  std::vector<incident::Policy> policies;
  for (const Found* found : survey.of("policy.*")) policies.push_back(reader.read(*found));
  if (survey.named("policy.*", kDefault) == nullptr) {
    incident::Policy policy;
    policy.name = kDefault;
    policy.repeat = hours(4);
    incident::NotifyEntry entry;
    entry.to = {std::string(kConsole)};
    policy.entries.push_back(std::move(entry));
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace tocsin::config
