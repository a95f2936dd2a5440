#include "groups.hpp"

#include <algorithm>

#include "fields.hpp"

namespace tocsin::config {
namespace {

/// "/usr/share/tocsin/rules/infrastructure.toml" is "infrastructure".
std::string_view pack_name(std::string_view path) {
  if (const std::size_t slash = path.rfind('/'); slash != std::string_view::npos) {
    path.remove_prefix(slash + 1);
  }
  return path.substr(0, path.rfind(".toml"));
}

}  // namespace

Groups::Groups(const Survey& survey, Report& report) : report_(report) {
  for (const Found* found : survey.of("group.*")) {
    const Entry* match = found->table->find("match");
    if (match == nullptr || match->value.kind != Kind::text) continue;
    Result<Matchers> matchers = Matchers::parse(match->value.text);
    if (matchers) groups_.push_back({found, std::move(*matchers), match->value.place});
  }
}

void Groups::join(const Found& rule, std::vector<const Value*>& tables) {
  const Fields fields("rule.*", tables, rule.place);
  Labels labels = fields.labels("labels");
  labels.set("rule", rule.name);
  labels.set("impact", fields.text("impact"));
  if (rule.pack) labels.set("pack", pack_name(report_.input().files[rule.place.file].name));
  for (const LabelView& label : labels) seen_.emplace(label.name, label.value);
  std::vector<const Group*> joined;
  for (Group& group : groups_) {
    if (!group.match.matches(labels)) continue;
    group.matched = true;
    joined.push_back(&group);
  }
  check_clash(rule, tables, joined);
  for (const Group* group : joined) tables.insert(tables.end() - 1, group->found->table);
}

void Groups::check_clash(const Found& rule, const std::vector<const Value*>& tables,
                         const std::vector<const Group*>& joined) {
  for (std::size_t at = 1; at < joined.size(); ++at) {
    for (const Entry& entry : joined[at]->found->table->entries) {
      const bool overridden = tables.size() > 1 && tables.front()->find(entry.key) != nullptr;
      if (entry.key == "match" || overridden) continue;
      for (std::size_t before = 0; before < at; ++before) {
        clash(rule, *joined[at], entry, *joined[before]);
      }
    }
  }
}

void Groups::clash(const Found& rule, const Group& group, const Entry& entry, const Group& other) {
  const Entry* same = other.found->table->find(entry.key);
  if (same == nullptr) return;
  if (entry.key == "labels") {  // they add up, as long as no label has two values
    const auto one = to_labels(entry.value);
    const auto another = to_labels(same->value);
    const bool at_odds =
        one && another && std::any_of(one->begin(), one->end(), [&another](const LabelView& label) {
          return another->has(label.name) && another->get(label.name) != label.value;
        });
    if (!at_odds) return;
  }
  if (!clashed_.insert(&entry).second) return;
  report_.error(
      entry.place,
      fmt::format("[group.{}] and [group.{}] both set `{}` of rule `{}`: the other one is "
                  "at {}",
                  group.found->name, other.found->name, entry.key, rule.name,
                  report_.where(same->place)),
      fmt::format("let one of them match less, or let [override.{}] decide", rule.name));
}

void Groups::check_matched() {
  if (!report_.complete()) return;
  for (const Group& group : groups_) {
    if (group.matched) continue;
    report_.warning(group.match_at, fmt::format("[group.{}] matches no rule", group.found->name),
                    meant(group));
  }
}

/// The label or the value that is nearest to one that no rule has.
std::string Groups::meant(const Group& group) const {
  std::vector<std::string> names;
  for (const auto& [name, value] : seen_) names.push_back(name);
  for (const Matcher& matcher : group.match.all()) {
    if (std::find(names.begin(), names.end(), matcher.label()) == names.end()) {
      return did_you_mean(matcher.label(), names,
                          fmt::format("no rule has a label `{}`", matcher.label()));
    }
    std::vector<std::string> values;
    for (const auto& [name, value] : seen_) {
      if (name == matcher.label()) values.push_back(value);
    }
    if (std::find(values.begin(), values.end(), matcher.value()) != values.end()) continue;
    if (std::string hint = did_you_mean(matcher.value(), values); !hint.empty()) return hint;
  }
  return "";
}

}  // namespace tocsin::config
