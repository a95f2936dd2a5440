#include "commands/config_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/config/keys.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

using config::Key;
using config::Section;
using config::Type;

constexpr std::string_view kNamePattern = "^[A-Za-z0-9_.:-]{1,100}$";
constexpr std::string_view kLabelPattern = "^(?!__)[A-Za-z_][A-Za-z0-9_]*$";
constexpr std::string_view kDuration =
    "^(0|(?=.)([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$";
constexpr std::string_view kNumber = "[+-]?[0-9]*\\.?[0-9]+([eE][+-]?[0-9]+)?";
constexpr std::string_view kPointer = "^(/([^~]|~[01])*)?$";
constexpr std::string_view kBytes = "(B|[kKMGTP]B|[KMGTP]iB)";

json::string text(std::string_view value) {
  return json::string(value.data(), value.size());
}

json::object typed(std::string_view type) {
  json::object out;
  out["type"] = text(type);
  return out;
}

json::object matching(std::string_view pattern) {
  json::object out = typed("string");
  out["pattern"] = text(pattern);
  return out;
}

json::object any_of(json::array choices) {
  json::object out;
  out["anyOf"] = std::move(choices);
  return out;
}

json::array words(std::string_view list) {
  json::array out;
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(' '));
    if (!word.empty()) out.push_back(text(word));
    list.remove_prefix(std::min(list.size(), word.size() + 1));
  }
  return out;
}

/// An object whose members are these and no others.
json::object closed(json::object members) {
  json::object out = typed("object");
  out["properties"] = std::move(members);
  out["additionalProperties"] = false;
  return out;
}

json::object quantity() {
  return any_of({typed("number"), matching(fmt::format("^ *{} *(%|ns|us|µs|ms|s|m|min|h|d|w|y|{}|"
                                                       "([0-9]+[a-z]+)+|[a-z]+([0-9]+[a-z]+)+)? *$",
                                                       kNumber, kBytes))});
}

json::object whole(const Key& key) {
  json::object out = typed("integer");
  out["minimum"] = 0;
  const auto bound = [&out](const char* name, std::string_view written) {
    std::int64_t number = 0;
    const auto [end, error] =
        std::from_chars(written.data(), written.data() + written.size(), number);
    if (error == std::errc() && end == written.data() + written.size()) out[name] = number;
  };
  bound("minimum", key.least);
  bound("maximum", key.most);
  return out;
}

json::object threshold() {
  json::object both = closed({{"warn", quantity()}, {"critical", quantity()}});
  both["minProperties"] = 1;
  return any_of({quantity(), std::move(both)});
}

json::object hold() {
  json::object count = typed("integer");
  count["minimum"] = 1;
  count["maximum"] = 1000;
  json::object evaluations = closed({{"bad", count}, {"of", count}});
  evaluations["required"] = json::array{"bad", "of"};
  return any_of({matching(kDuration), std::move(evaluations)});
}

json::object baseline() {
  json::object kind = typed("string");
  kind["enum"] = json::array{"count", "gauge"};
  json::object out = closed({{"by", quantity()},
                             {"false_pages", matching("^.+ per .+$")},
                             {"confidence", quantity()},
                             {"accept_after", matching(kDuration)},
                             {"zone", typed("string")},
                             {"of", typed("string")},
                             {"kind", std::move(kind)}});
  out["required"] = json::array{"by"};
  return out;
}

json::object labels() {
  json::object out = typed("object");
  out["propertyNames"] = json::object{{"pattern", text(kLabelPattern)}};
  out["additionalProperties"] = typed("string");
  return out;
}

json::object list(const Key& key) {
  json::object item = typed("string");
  item["minLength"] = 1;
  json::object many = typed("array");
  many["items"] = item;
  many["uniqueItems"] = true;
  if (key.required) many["minItems"] = 1;
  return any_of({typed("string"), std::move(many)});
}

/// An object whose members have names of their own.
json::object free_names(std::string_view pattern, json::object member) {
  json::object out = typed("object");
  out["propertyNames"] = json::object{{"pattern", text(pattern)}};
  out["additionalProperties"] = std::move(member);
  return out;
}

json::object statuses() {
  json::object code = typed("integer");
  code["minimum"] = 100;
  code["maximum"] = 599;
  json::object one = any_of({std::move(code), matching("^[1-5](xx|[0-9][0-9])$")});
  json::object many = typed("array");
  many["items"] = one;
  many["minItems"] = 1;
  return any_of({std::move(one), std::move(many)});
}

json::object filled_text() {
  json::object out = typed("string");
  out["minLength"] = 1;
  return out;
}

json::object form(const Key& key) {
  switch (key.type) {
    case Type::flag:
      return typed("boolean");
    case Type::count:
      return whole(key);
    case Type::duration:
      return matching(kDuration);
    case Type::size:
      return any_of({whole(key), matching(fmt::format("^ *\\+?{} *{}? *$", kNumber, kBytes))});
    case Type::quantity:
      return quantity();
    case Type::threshold:
      return threshold();
    case Type::hold:
      return hold();
    case Type::baseline:
      return baseline();
    case Type::choice: {
      json::object out = typed("string");
      out["enum"] = words(key.choices);
      return out;
    }
    case Type::labels:
      return labels();
    case Type::texts:
    case Type::names:
      return list(key);
    case Type::secret:
    case Type::secret_dsn:
    case Type::expression:
      return filled_text();
    case Type::secret_url:
      return matching("^(https?://.|credential:[^/]+$|file:/.|env:.)");
    case Type::url:
      return matching("^https?://.");
    case Type::address:
      return matching("^$|:[0-9]{1,5}$");
    case Type::path:
      return matching("^/");
    case Type::statuses:
      return statuses();
    case Type::headers:
      return free_names("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", typed("string"));
    case Type::json_values:
      return free_names(kPointer, any_of({typed("string"), typed("number"), typed("boolean")}));
    case Type::pointers:
      return free_names("^[A-Za-z_:][A-Za-z0-9_:]*$", matching(kPointer));
    case Type::text:
    case Type::regex:
    case Type::matchers:
    case Type::text_template:
      break;
  }
  return typed("string");
}

/// Written as TOML; nothing where JSON writes it otherwise.
void add_written(json::object& out, const char* name, std::string_view toml, bool in_list) {
  boost::system::error_code error;
  std::string written(toml);
  if (written.size() > 1 && written.front() == '\'') {
    written = json::serialize(json::string(written.substr(1, written.size() - 2)));
  }
  json::value value = json::parse(written, error);
  if (error || toml.empty()) return;
  out[name] = in_list ? json::value(json::array{std::move(value)}) : std::move(value);
}

json::object schema_of(const Key& key) {
  json::object out = form(key);
  std::string said(key.meaning);
  if (!key.least.empty() || !key.most.empty())
    said += fmt::format(" From {} to {}.", key.least.empty() ? "any" : key.least,
                        key.most.empty() ? "any" : key.most);
  out["description"] = text(said);
  add_written(out, "default", key.otherwise, false);
  add_written(out, "examples", key.example, true);
  return out;
}

/// Of receivers: what each kind takes and needs.
json::array by_kind(const Section& section) {
  json::array out;
  const Key* const kinds = config::find_key(section.pattern, "kind");
  if (kinds == nullptr) return out;
  for (const json::value& kind : words(kinds->choices)) {
    json::array taken;
    json::array needed;
    for (const Key& key : config::keys()) {
      if (!config::stands_in(key, section.pattern)) continue;
      const std::string_view name(kind.get_string().data(), kind.get_string().size());
      if (config::takes(key, name)) taken.push_back(text(key.name));
      if (config::needs(key, name)) needed.push_back(text(key.name));
    }
    json::object is;
    is["properties"] = json::object{{"kind", json::object{{"const", kind}}}};
    is["required"] = json::array{"kind"};
    json::object then;
    then["propertyNames"] = json::object{{"enum", std::move(taken)}};
    then["required"] = std::move(needed);
    out.push_back(json::object{{"if", std::move(is)}, {"then", std::move(then)}});
  }
  return out;
}

/// A section with the sections within it. `path` is how far the patterns have been followed.
json::object section_schema(const std::string& path);

/// The steps that patterns take below a path: "prometheus", "*", "notify[]".
std::vector<std::string> steps_below(const std::string& path) {
  std::vector<std::string> steps;
  const std::string prefix = path.empty() ? "" : path + ".";
  for (const Section& section : config::sections()) {
    if (section.pattern.empty() || !section.pattern.starts_with(prefix)) continue;
    const std::string_view rest = section.pattern.substr(prefix.size());
    std::string step(rest.substr(0, rest.find('.')));
    if (!step.empty() && std::find(steps.begin(), steps.end(), step) == steps.end())
      steps.push_back(std::move(step));
  }
  return steps;
}

void add_keys(const Section& section, json::object& members, json::array& required) {
  // What stands for itself may be spread over files: another one may have what it needs.
  const bool spread = section.pattern.find('*') == std::string_view::npos;
  for (const Key& key : config::keys()) {
    if (!config::stands_in(key, section.pattern)) continue;
    members[text(key.name)] = schema_of(key);
    const bool own = key.section == section.pattern;
    if (own && !spread && key.required && key.kinds.empty()) required.push_back(text(key.name));
  }
}

json::object section_schema(const std::string& path) {
  json::object members;
  json::array required;
  const Section* const here = config::find_section(path);
  if (here != nullptr) add_keys(*here, members, required);
  json::object named;
  for (const std::string& step : steps_below(path)) {
    const std::string below = path.empty() ? step : path + "." + step;
    if (step == "*") {
      named[text(kNamePattern)] = section_schema(below);
    } else if (step.ends_with("[]")) {
      json::object many = typed("array");
      many["items"] = section_schema(below);
      members[step.substr(0, step.size() - 2)] = std::move(many);
    } else {
      members[step] = section_schema(below);
    }
  }
  json::object out = closed(std::move(members));
  if (!named.empty()) out["patternProperties"] = std::move(named);
  if (!required.empty()) out["required"] = std::move(required);
  if (here == nullptr) return out;
  if (!here->meaning.empty()) out["description"] = text(here->meaning);
  if (json::array kinds = by_kind(*here); !kinds.empty()) out["allOf"] = std::move(kinds);
  return out;
}

}  // namespace

json::object config_schema() {
  json::object out;
  out["$schema"] = "http://json-schema.org/draft-07/schema#";
  out["title"] = "tocsin configuration";
  for (auto& [name, value] : section_schema("")) out[name] = std::move(value);
  return out;
}

}  // namespace tocsin::commands
