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
    case Type::baseline:
      return "a table with `by`";
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
    case Type::statuses:
      return "HTTP statuses";
    case Type::headers:
      return "a table of headers";
    case Type::json_values:
      return "a table of JSON pointers";
    case Type::secret_dsn:
      return "a secret's reference or a connection string";
    case Type::pointers:
      return "a table of metric names";
  }
  return "text";
}

std::string_view form_of(Type type) {
  switch (type) {
    case Type::text:
    case Type::choice:
    case Type::expression:
      return "in quotes";
    case Type::flag:
    case Type::count:
      return "without quotes";
    case Type::duration:
      return "numbers with their units y, w, d, h, m, s, ms: \"1m30s\"";
    case Type::size:
      return "\"32MiB\", \"4kB\", or a whole number of bytes";
    case Type::quantity:
      return "\"80%\", \"2s\", \"512MiB\", or a number";
    case Type::threshold:
      return "a quantity (\"80%\", \"2s\", \"512MiB\", 5), or { warn = …, critical = … }";
    case Type::hold:
      return "a duration, or { bad = 3, of = 5 } evaluations";
    case Type::baseline:
      return "{ by = \"30%\", false_pages = \"1 per 3y\", zone = \"Europe/Berlin\", accept_after = "
             "\"7d\" }";
    case Type::labels:
      return "{ name = \"value\" }";
    case Type::texts:
    case Type::names:
      return "[\"a\", \"b\"], or \"a\"";
    case Type::secret:
      return "\"credential:NAME\" (systemd's credentials), \"file:/PATH\" or \"env:NAME\"";
    case Type::secret_url:
      return "a URL, or \"credential:NAME\", \"file:/PATH\", \"env:NAME\" for one";
    case Type::url:
      return "http:// or https://";
    case Type::address:
      return "\"host:port\"";
    case Type::path:
      return "it begins with /";
    case Type::regex:
      return "RE2, in '…'";
    case Type::matchers:
      return "'{name=\"value\", other=~\"a|b\"}' with =, !=, =~, !~";
    case Type::statuses:
      return "200, \"2xx\", or a list: [200, \"3xx\"]";
    case Type::headers:
      return "{ \"X-Name\" = \"value\" }; a value may be a reference: \"credential:NAME\"";
    case Type::json_values:
      return "{ \"/pointer\" = \"text\" }, a number, true or false";
    case Type::secret_dsn:
      return "\"host=… dbname=… user=…\" or a URI, or \"credential:NAME\", \"file:/PATH\", "
             "\"env:NAME\" for one";
    case Type::pointers:
      return "{ metric_name = \"/pointer\" }";
    case Type::text_template:
      break;
  }
  return "{{value}}, {{threshold}}, {{rule}}, {{labels.NAME}}";
}

std::string header_of(std::string_view pattern, std::string_view name) {
  std::string text(pattern);
  if (const std::size_t star = text.rfind('*'); star != std::string::npos) {
    text.replace(star, 1, name.empty() ? "NAME" : name);
  }
  for (std::size_t star = text.find('*'); star != std::string::npos; star = text.find('*')) {
    text.replace(star, 1, "NAME");
  }
  const bool list = text.ends_with("[]");
  for (std::size_t at = text.find("[]"); at != std::string::npos; at = text.find("[]")) {
    text.erase(at, 2);
  }
  return list ? "[[" + text + "]]" : "[" + text + "]";
}

const Section* KeyTable::find_section(std::string_view pattern) const {
  for (const Section& section : sections_) {
    if (section.pattern == pattern) return &section;
  }
  return nullptr;
}

bool KeyTable::stands_in(const Key& key, std::string_view section) const {
  if (key.section == section) return true;
  const Section* found = find_section(section);
  if (found == nullptr || found->keys_of.empty() || key.section != found->keys_of) return false;
  return !(found->many && key.singular);
}

const Key* KeyTable::find_key(std::string_view section, std::string_view name) const {
  for (const Key& key : keys_) {
    if (key.name == name && stands_in(key, section)) return &key;
  }
  return nullptr;
}

std::vector<std::string> KeyTable::names_within(std::string_view section) const {
  std::vector<std::string> names;
  for (const Key& key : keys_) {
    if (stands_in(key, section)) names.emplace_back(key.name);
  }
  const std::string prefix = section.empty() ? "" : std::string(section) + ".";
  for (const Section& each : sections_) {
    if (each.pattern.empty() || !each.pattern.starts_with(prefix)) continue;
    std::string_view rest = each.pattern.substr(prefix.size());
    rest = rest.substr(0, rest.find_first_of(".["));
    if (rest.empty() || rest == "*") continue;
    if (std::find(names.begin(), names.end(), rest) == names.end()) names.emplace_back(rest);
  }
  return names;
}

std::span<const Section> sections() {
  return configuration_keys().sections();
}
std::span<const Key> keys() {
  return configuration_keys().keys();
}
const Section* find_section(std::string_view pattern) {
  return configuration_keys().find_section(pattern);
}
const Key* find_key(std::string_view section, std::string_view name) {
  return configuration_keys().find_key(section, name);
}
bool stands_in(const Key& key, std::string_view section) {
  return configuration_keys().stands_in(key, section);
}
std::vector<std::string> names_within(std::string_view section) {
  return configuration_keys().names_within(section);
}

bool takes(const Key& key, std::string_view kind) {
  if (key.kinds.empty()) return true;
  const std::vector<std::string> kinds = words(key.kinds);
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool needs(const Key& key, std::string_view kind) {
  if (!key.needed_by.empty()) {
    const std::vector<std::string> kinds = words(key.needed_by);
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  }
  return key.required && takes(key, kind);
}

}  // namespace tocsin::config
