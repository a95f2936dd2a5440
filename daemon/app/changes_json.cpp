#include "app/changes_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "app/json.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

std::optional<std::string> member(const json::object& object, const char* name) {
  const json::value* const found = object.if_contains(name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string(found->get_string().data(), found->get_string().size());
}

std::optional<config::Item> item_from(const json::value& from) {
  if (!from.is_object()) return std::nullopt;
  const auto kind = member(from.get_object(), "kind");
  const auto name = member(from.get_object(), "name");
  const json::value* const says = from.get_object().if_contains("says");
  if (!kind || !name || says == nullptr || !says->is_array()) return std::nullopt;
  config::Item item{*kind, *name, {}};
  for (const json::value& one : says->get_array()) {
    if (!one.is_object()) return std::nullopt;
    const auto key = member(one.get_object(), "key");
    const auto value = member(one.get_object(), "value");
    if (!key || !value) return std::nullopt;
    item.says.emplace_back(*key, *value);
  }
  return item;
}

json::object named(const config::Change& change) {
  json::object out;
  out["kind"] = text(change.kind);
  out["name"] = text(change.name);
  return out;
}

json::object detailed(const config::Change& change) {
  json::object out = named(change);
  json::array details;
  for (const config::Detail& detail : change.details) {
    json::object one;
    one["key"] = text(detail.key);
    one["before"] = text(detail.before);
    one["after"] = text(detail.after);
    one["at_next_start"] = detail.at_next_start;
    details.push_back(std::move(one));
  }
  out["details"] = std::move(details);
  return out;
}

}  // namespace

json::value json_of(const config::Description& description) {
  json::array items;
  for (const config::Item& item : description) {
    json::array says;
    for (const auto& [key, value] : item.says) {
      json::object one;
      one["key"] = text(key);
      one["value"] = text(value);
      says.push_back(std::move(one));
    }
    json::object out;
    out["kind"] = text(item.kind);
    out["name"] = text(item.name);
    out["says"] = std::move(says);
    items.push_back(std::move(out));
  }
  return items;
}

Result<config::Description> description_from(const json::value& items) {
  const auto nothing = fail(ErrorCode::corrupt, "the daemon's answer is no configuration");
  if (!items.is_array()) return nothing;
  config::Description out;
  for (const json::value& one : items.get_array()) {
    std::optional<config::Item> item = item_from(one);
    if (!item) return nothing;
    out.push_back(std::move(*item));
  }
  return out;
}

json::value json_of(const config::Difference& difference) {
  json::array added;
  json::array removed;
  json::array changed;
  for (const config::Change& change : difference.changes) {
    switch (change.what) {
      case config::Change::What::added:
        added.push_back(named(change));
        break;
      case config::Change::What::removed:
        removed.push_back(named(change));
        break;
      case config::Change::What::changed:
        changed.push_back(detailed(change));
        break;
    }
  }
  json::object kept;
  for (const auto& [kind, count] : difference.kept) kept[kind] = count;
  json::object out;
  out["added"] = std::move(added);
  out["removed"] = std::move(removed);
  out["changed"] = std::move(changed);
  out["kept"] = std::move(kept);
  return out;
}

}  // namespace tocsin::app
