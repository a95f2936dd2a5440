#include "tocsin/config/keys.hpp"

#include <algorithm>

#include "words.hpp"

namespace tocsin::config {

std::string_view to_string(Type type) {
  switch (type) {
    case Type::text:
      return "text";
    case Type::flag:
      return "true or false";
    case Type::count:
      return "a whole number";
    case Type::duration:
      return "a duration";
    case Type::size:
      return "a size in bytes";
    case Type::quantity:
      return "a quantity";
    case Type::threshold:
      return "a threshold";
    case Type::hold:
      return "a duration or a count";
    case Type::choice:
      return "one of a few words";
    case Type::labels:
      return "a table of labels";
    case Type::texts:
      return "a list of texts";
    case Type::names:
      return "a list of names";
    case Type::secret:
      return "a secret's reference";
    case Type::secret_url:
      return "a secret's reference or a URL";
    case Type::url:
      return "a URL";
    case Type::address:
      return "an address";
    case Type::path:
      return "an absolute path";
    case Type::regex:
      return "a regular expression";
    case Type::matchers:
      return "label matchers";
    case Type::expression:
      return "an expression";
    case Type::text_template:
      return "text with {{fields}}";
  }
  return "text";
}

const Section* find_section(std::string_view pattern) {
  for (const Section& section : sections()) {
    if (section.pattern == pattern) return &section;
  }
  return nullptr;
}

bool stands_in(const Key& key, std::string_view section) {
  if (key.section == section) return true;
  const Section* found = find_section(section);
  if (found == nullptr || found->keys_of.empty() || key.section != found->keys_of) return false;
  return !(found->many && key.singular);
}

const Key* find_key(std::string_view section, std::string_view name) {
  for (const Key& key : keys()) {
    if (key.name == name && stands_in(key, section)) return &key;
  }
  return nullptr;
}

bool takes(const Key& key, std::string_view kind) {
  if (key.kinds.empty()) return true;
  const std::vector<std::string> kinds = words(key.kinds);
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::vector<std::string> names_within(std::string_view section) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    if (stands_in(key, section)) names.emplace_back(key.name);
  }
  const std::string prefix = section.empty() ? "" : std::string(section) + ".";
  for (const Section& each : sections()) {
    if (each.pattern.empty() || !each.pattern.starts_with(prefix)) continue;
    std::string_view rest = each.pattern.substr(prefix.size());
    rest = rest.substr(0, rest.find_first_of(".["));
    if (rest.empty() || rest == "*") continue;
    if (std::find(names.begin(), names.end(), rest) == names.end()) names.emplace_back(rest);
  }
  return names;
}

}  // namespace tocsin::config
