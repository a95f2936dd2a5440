#include "survey.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "check_value.hpp"
#include "words.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kLongestName = 100;

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kLongestName) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.:-").find(c) != std::string_view::npos;
  });
}

bool leads_to_section(const KeyTable& keys, std::string_view path) {
  const std::string prefix = std::string(path) + ".";
  return std::any_of(
      keys.sections().begin(), keys.sections().end(),
      [&prefix](const Section& section) { return section.pattern.starts_with(prefix); });
}

/// A pack holds nothing but rules and what they call their metrics.
bool may_ship(std::string_view family) {
  return family == "rule" || family == "parameter";
}

/// Not one of many: neither of a family nor of a list.
bool stands_for_itself(std::string_view pattern) {
  return pattern.find('*') == std::string_view::npos &&
         pattern.find("[]") == std::string_view::npos;
}

std::string below(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

class Surveyor {
 public:
  Surveyor(const Input& input, Report& report, const KeyTable& keys)
      : input_(input), report_(report), keys_(keys) {}

  /// Packs first, so that who defines a shipped rule again is told so in his own file.
  Survey run() {
    for (const bool packs : {true, false}) {
      for (std::size_t at = 0; at < input_.roots.size(); ++at) {
        if (input_.files[at].pack != packs || input_.roots[at].kind != Kind::table) continue;
        pack_ = packs;
        Place top;
        top.file = static_cast<std::uint32_t>(at);
        section("", "", top, input_.roots[at]);
      }
    }
    for (const Section& section : keys_.sections()) {
      if (stands_for_itself(section.pattern)) required_somewhere(section);
    }
    return std::move(survey_);
  }

 private:
  /// A table at a path that is a section, or leads to some.
  void section(const std::string& path, const std::string& name, Place place, const Value& table) {
    const Section* here = keys_.find_section(path);
    if (here != nullptr && !take(*here, name, place, table)) return;
    const bool families = keys_.find_section(path + ".*") != nullptr;
    for (const Entry& entry : table.entries) {
      if (families) {
        member(path + ".*", name, entry);
      } else {
        inner(here, path, name, entry, table);
      }
    }
    if (here != nullptr && !stands_for_itself(path)) required(*here, name, place, table);
  }

  /// Notes the section, unless it stands elsewhere already.
  bool take(const Section& section, const std::string& name, Place place, const Value& table) {
    const bool single = section.pattern.find('*') == std::string_view::npos;
    if (!single && !section.pattern.ends_with("[]")) {
      const Found* other = survey_.named(section.pattern, name, within_);
      // A pack's parameter has a value so that it may be given another.
      if (other != nullptr && other->pack && !pack_ && section.pattern == "parameter.*") {
        survey_.all.erase(survey_.all.begin() + (other - survey_.all.data()));
      } else if (other != nullptr) {
        twice(section, name, place, *other);
        return false;
      }
    }
    survey_.all.push_back({&section, name, place, &table, pack_, within_});
    return true;
  }

  void twice(const Section& section, const std::string& name, Place place, const Found& other) {
    std::string hint;
    if (other.pack) hint = fmt::format("[override.{}] tunes a shipped rule", name);
    if (other.pack && pack_) hint = "two packs that [packs] enables ship it: leave one of them out";
    report_.error(place,
                  fmt::format("{} is defined twice: the other one is at {}",
                              header_of(section.pattern, name), report_.where(other.place)),
                  std::move(hint));
  }

  /// `name` of [family.name]; the family may stand in a section that is one of many itself.
  void member(const std::string& pattern, const std::string& within, const Entry& entry) {
    if (pack_ && !may_ship(std::string_view(pattern).substr(0, pattern.size() - 2))) {
      return outside_pack(entry);
    }
    if (entry.value.kind != Kind::table) {
      report_.error(entry.place,
                    fmt::format("expected a table: {}", header_of(pattern, entry.key)));
      return;
    }
    if (!is_name(entry.key)) {
      report_.error(entry.place,
                    fmt::format("`{}` cannot be a name: letters, digits and _ . : - only, at most "
                                "{} of them",
                                entry.key, kLongestName));
      return;
    }
    const std::string outer = std::exchange(within_, within);
    section(pattern, entry.key, entry.place, entry.value);
    within_ = outer;
  }

  /// A key, or a section within a section.
  void inner(const Section* here, const std::string& path, const std::string& name,
             const Entry& entry, const Value& table) {
    const std::string child = below(path, entry.key);
    if (keys_.find_section(child) != nullptr || leads_to_section(keys_, child)) {
      if (pack_ && !may_ship(child)) return outside_pack(entry);
      if (entry.value.kind == Kind::table) return section(child, name, entry.place, entry.value);
      report_.error(entry.place, fmt::format("expected a table: {}", header_of(child, name)));
      return;
    }
    if (keys_.find_section(child + "[]") != nullptr) return repeated(child + "[]", name, entry);
    const Key* key = here == nullptr ? nullptr : keys_.find_key(path, entry.key);
    if (key == nullptr) return unknown(path, name, entry);
    if (pack_ && path.empty()) return outside_pack(entry);
    if (!belongs(*key, table, entry)) return;
    if (stands_for_itself(path) && !once(path, entry)) return;
    check_value(*key, entry.value, report_);
  }

  void repeated(const std::string& pattern, const std::string& name, const Entry& entry) {
    if (entry.value.kind != Kind::array) {
      report_.error(entry.place,
                    fmt::format("expected a list of tables: {}", header_of(pattern, name)));
      return;
    }
    for (const Value& item : entry.value.items) {
      if (item.kind == Kind::table) {
        section(pattern, name, item.place, item);
      } else {
        report_.error(item.place, fmt::format("expected a table, found {}", to_string(item.kind)));
      }
    }
  }

  /// A receiver takes the keys of its kind only.
  bool belongs(const Key& key, const Value& table, const Entry& entry) {
    if (key.kinds.empty()) return true;
    const Entry* kind = table.find("kind");
    if (kind == nullptr || kind->value.kind != Kind::text) return true;
    const std::vector<std::string> kinds = words(keys_.find_key("receiver.*", "kind")->choices);
    if (std::find(kinds.begin(), kinds.end(), kind->value.text) == kinds.end()) return true;
    if (takes(key, kind->value.text)) return true;
    report_.error(entry.place,
                  fmt::format("a receiver of kind `{}` has no `{}`", kind->value.text, key.name),
                  fmt::format("it belongs to kind {}", listed(words(key.kinds), " and ")));
    return false;
  }

  /// A key of a section that stands for itself may stand in one file only.
  bool once(const std::string& path, const Entry& entry) {
    for (const Found* found : survey_.of(path)) {
      const Entry* other = found->table->find(entry.key);
      if (other == nullptr || other == &entry || found->pack) continue;
      if (found->table == survey_.of(path).back()->table) continue;
      report_.error(entry.place, fmt::format("`{}` is set twice: the other one is at {}", entry.key,
                                             report_.where(other->place)));
      return false;
    }
    return true;
  }

  void unknown(const std::string& path, const std::string& name, const Entry& entry) {
    const std::vector<std::string> known = keys_.names_within(path);
    const Section* here = keys_.find_section(path);
    if (entry.value.kind == Kind::table && (path.empty() || here == nullptr)) {
      report_.error(entry.place, fmt::format("unknown section [{}]", below(path, entry.key)),
                    did_you_mean(entry.key, known));
      return;
    }
    report_.error(
        entry.place,
        path.empty() ? fmt::format("unknown key `{}` at the top of the file", entry.key)
                     : fmt::format("unknown key `{}` in {}", entry.key, header_of(path, name)),
        here != nullptr && here->many && keys_.find_key(here->keys_of, entry.key) != nullptr
            ? "it says what one rule is: [override.NAME] sets it"
            : did_you_mean(entry.key, known));
  }

  void outside_pack(const Entry& entry) {
    report_.error(entry.place,
                  fmt::format("a pack holds rules and parameters only, found `{}`", entry.key));
  }

  void required(const Section& section, const std::string& name, Place place, const Value& table) {
    const Entry* kind = table.find("kind");
    for (const Key& key : keys_.keys()) {
      if (key.section != section.pattern || table.find(key.name) != nullptr) continue;
      if (!needs(key, kind == nullptr ? "" : kind->value.text)) continue;
      report_.error(place, fmt::format("{} needs `{}`", header_of(section.pattern, name), key.name),
                    fmt::format("for example {} = {}", key.name, key.example));
    }
  }

  /// A section that stands for itself may be spread over files: what it needs stands in one.
  void required_somewhere(const Section& section) {
    const std::vector<const Found*> parts = survey_.of(section.pattern);
    if (parts.empty()) return;
    std::string others;
    for (std::size_t at = 1; at < parts.size(); ++at)
      others += (others.empty() ? ", and at " : ", ") + report_.where(parts[at]->place);
    for (const Key& key : keys_.keys()) {
      const bool given = std::any_of(parts.begin(), parts.end(), [&key](const Found* part) {
        return part->table->find(key.name) != nullptr;
      });
      if (key.section != section.pattern || given || !needs(key, "")) continue;
      report_.error(parts.front()->place,
                    fmt::format("{} needs `{}`{}", header_of(section.pattern), key.name,
                                others.empty() ? "" : ": it stands here" + others),
                    fmt::format("for example {} = {}", key.name, key.example));
    }
  }

  const Input& input_;
  Report& report_;
  const KeyTable& keys_;
  Survey survey_;
  bool pack_ = false;
  std::string within_;
};

}  // namespace

std::vector<const Found*> Survey::of(std::string_view pattern) const {
  std::vector<const Found*> found;
  for (const Found& each : all) {
    if (each.section->pattern == pattern) found.push_back(&each);
  }
  return found;
}

const Found* Survey::named(std::string_view pattern, std::string_view name,
                           std::string_view within) const {
  for (const Found& each : all) {
    if (each.section->pattern == pattern && each.name == name && each.within == within)
      return &each;
  }
  return nullptr;
}

std::vector<std::string> Survey::names(std::string_view pattern) const {
  std::vector<std::string> all_names;
  for (const Found* found : of(pattern)) all_names.push_back(found->name);
  return all_names;
}

Survey survey(const Input& input, Report& report, const KeyTable& table) {
  return Surveyor(input, report, table).run();
}

}  // namespace tocsin::config
