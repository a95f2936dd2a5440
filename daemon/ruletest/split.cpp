#include <algorithm>

#include "config/report.hpp"
#include "tocsin/ruletest/read.hpp"

namespace tocsin::ruletest {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<Wanted> wanted_of(const config::Value& tests) {
  std::vector<Wanted> wanted;
  const config::Entry* load = tests.find("load");
  if (load == nullptr) return wanted;
  const config::Value& value = load->value;
  if (value.kind == config::Kind::text) wanted.push_back({value.text, value.place});
  for (const config::Value& item : value.items) {
    if (item.kind == config::Kind::text) wanted.push_back({item.text, item.place});
  }
  return wanted;
}

}  // namespace

Parts split(const std::vector<config::File>& files, const config::Value& root,
            std::vector<config::Diagnostic>& found) {
  Parts parts;
  parts.tests.kind = parts.configuration.kind = root.kind;
  parts.tests.place = parts.configuration.place = root.place;
  const std::vector<std::string> own = test_keys().names_within("");
  std::vector<std::string> known = config::names_within("");
  known.insert(known.end(), own.begin(), own.end());
  for (const config::Entry& entry : root.entries) {
    if (contains(own, entry.key)) {
      parts.tests.entries.push_back(entry);
    } else if (contains(known, entry.key)) {
      parts.configuration.entries.push_back(entry);
    } else {
      found.push_back(config::diagnostic_at(
          files, config::Level::error, entry.place,
          fmt::format("unknown name `{}` at the top of a test file", entry.key),
          config::did_you_mean(entry.key, known)));
    }
  }
  parts.load = wanted_of(parts.tests);
  return parts;
}

}  // namespace tocsin::ruletest
