#include "tocsin/config/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tocsin/base/text.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kLongest = 60;  ///< bytes of a value that are shown

/// What is opened once, when the daemon starts.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kAtStart = {
    {{"listen", "address"},
     {"listen", "max_connections"},
     {"listen", "external_url"},
     {"control", "socket"},
     {"storage", "path"}}};

bool at_next_start(const Item& item, std::string_view key) {
  return item.kind == "setting" &&
         std::any_of(kAtStart.begin(), kAtStart.end(), [&](const auto& each) {
           return each.first == item.name && each.second == key;
         });
}

const Item* find(const Description& all, const Item& like) {
  const auto at = std::find_if(all.begin(), all.end(), [&like](const Item& each) {
    return each.kind == like.kind && each.name == like.name;
  });
  return at == all.end() ? nullptr : &*at;
}

std::string said(const Item& item, std::string_view key) {
  for (const auto& [name, value] : item.says) {
    if (name == key) return value;
  }
  return "";
}

std::vector<Detail> details(const Item& before, const Item& after) {
  std::vector<Detail> found;
  for (const auto& [key, value] : after.says) {
    const std::string was = said(before, key);
    if (was != value) found.push_back({key, was, value, at_next_start(after, key)});
  }
  for (const auto& [key, value] : before.says) {
    if (said(after, key).empty()) found.push_back({key, value, "", at_next_start(before, key)});
  }
  return found;
}

std::string shown(std::string_view value) {
  return value.empty() ? "nothing" : printable(shortened(value, kLongest));
}

std::string consequence(const Change& change) {
  if (change.kind == "rule" && change.says_anew("expr"))
    return "   what the new expression does not give closes as \"expression changed\"";
  if (change.what != Change::What::removed) return "";
  if (change.kind == "rule") return "   what it has open closes as \"rule removed\"";
  if (change.kind == "record") return "   its series are forgotten";
  if (change.kind == "receiver") return "   it still gets what it is owed";
  return "";
}

std::string plural(std::size_t count, std::string_view kind) {
  if (count == 1) return fmt::format("1 {}", kind);
  if (kind == "policy") return fmt::format("{} policies", count);
  return fmt::format("{} {}s", count, kind);
}

}  // namespace

bool Change::says_anew(std::string_view key) const {
  return std::any_of(details.begin(), details.end(),
                     [key](const Detail& detail) { return detail.key == key; });
}

Difference difference(const Description& now, const Description& next) {
  Difference out;
  for (const Item& item : next) {
    const Item* before = find(now, item);
    if (before == nullptr) {
      out.changes.push_back({Change::What::added, item.kind, item.name, {}});
      continue;
    }
    std::vector<Detail> found = details(*before, item);
    if (found.empty()) {
      ++out.kept[item.kind];
    } else {
      out.changes.push_back({Change::What::changed, item.kind, item.name, std::move(found)});
    }
  }
  for (const Item& item : now) {
    if (find(next, item) == nullptr) {
      out.changes.push_back({Change::What::removed, item.kind, item.name, {}});
    }
  }
  return out;
}

std::string render(const Difference& difference) {
  std::string out;
  for (const Change& change : difference.changes) {
    const char sign = change.what == Change::What::added     ? '+'
                      : change.what == Change::What::removed ? '-'
                                                             : '~';
    out += fmt::format("{} {} {}", sign, change.kind, printable(change.name));
    std::string_view before = ": ";
    for (const Detail& detail : change.details) {
      out += fmt::format("{}{} {} → {}{}", before, detail.key, shown(detail.before),
                         shown(detail.after), detail.at_next_start ? " (at the next start)" : "");
      before = "; ";
    }
    out += consequence(change) + "\n";
  }
  std::string kept;
  for (const auto& [kind, count] : difference.kept) {
    kept += (kept.empty() ? "kept: " : ", ") + plural(count, kind);
  }
  return kept.empty() ? out : out + kept + "\n";
}

}  // namespace tocsin::config
