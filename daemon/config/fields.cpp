#include "fields.hpp"

#include "tocsin/base/check.hpp"
#include "tocsin/config/keys.hpp"

namespace tocsin::config {

Fields::Fields(std::string_view section, const Survey& survey, const KeyTable& keys)
    : keys_(keys), section_(section) {
  for (const Found* found : survey.of(section)) {
    if (tables_.empty()) place_ = found->place;
    tables_.push_back(found->table);
  }
}

const Entry* Fields::find(std::string_view name) const {
  TOCSIN_CHECK(keys_.find_key(section_, name) != nullptr);
  for (const Value* table : tables_) {
    if (const Entry* entry = table->find(name)) return entry;
  }
  return nullptr;
}

bool Fields::before(std::string_view name, std::string_view other) const {
  for (const Value* table : tables_) {
    if (table->find(other) != nullptr) return false;
    if (table->find(name) != nullptr) return true;
  }
  return false;
}

Place Fields::place(std::string_view name) const {
  const Entry* entry = find(name);
  return entry == nullptr ? place_ : entry->value.place;
}

/// The default as a value; a text that is empty where the row has none.
Value Fields::otherwise(std::string_view name) const {
  const Key* key = keys_.find_key(section_, name);
  TOCSIN_CHECK(key != nullptr);
  std::string_view text = key->otherwise;
  if (text.starts_with('"')) text = text.substr(1, text.size() - 2);
  Value value;
  value.kind = Kind::text;
  value.text = text;
  value.flag = text == "true";
  return value;
}

std::string Fields::text(std::string_view name) const {
  const Entry* entry = find(name);
  return entry != nullptr && entry->value.kind == Kind::text ? entry->value.text
                                                             : otherwise(name).text;
}

bool Fields::flag(std::string_view name) const {
  const Entry* entry = find(name);
  return entry != nullptr && entry->value.kind == Kind::flag ? entry->value.flag
                                                             : otherwise(name).flag;
}

std::uint64_t Fields::count(std::string_view name) const {
  if (const Entry* entry = find(name)) {
    if (const Result<std::uint64_t> count = to_count(entry->value)) return *count;
  }
  return to_size(otherwise(name)).value_or(0);
}

std::uint64_t Fields::size(std::string_view name) const {
  if (const Entry* entry = find(name)) {
    if (const Result<std::uint64_t> size = to_size(entry->value)) return *size;
  }
  return to_size(otherwise(name)).value_or(0);
}

std::optional<Duration> Fields::maybe_duration(std::string_view name) const {
  if (const Entry* entry = find(name)) {
    if (const Result<Duration> duration = to_duration(entry->value)) return *duration;
  }
  const Value fallback = otherwise(name);
  if (fallback.text.empty()) return std::nullopt;
  const Result<Duration> duration = to_duration(fallback);
  TOCSIN_CHECK(duration.has_value());
  return *duration;
}

Duration Fields::duration(std::string_view name) const {
  return maybe_duration(name).value_or(Duration{});
}

std::vector<std::string> Fields::texts(std::string_view name) const {
  const Entry* entry = find(name);
  if (entry == nullptr) return {};
  return to_texts(entry->value).value_or(std::vector<std::string>{});
}

Labels Fields::labels(std::string_view name) const {
  Labels all;
  for (auto table = tables_.rbegin(); table != tables_.rend(); ++table) {
    const Entry* entry = (*table)->find(name);
    if (entry == nullptr) continue;
    const Result<Labels> labels = to_labels(entry->value);
    if (!labels) continue;
    for (const LabelView& label : *labels) all.set(label.name, label.value);
  }
  return all;
}

Secret Fields::secret(std::string_view name) const {
  const Entry* entry = find(name);
  if (entry == nullptr) return {};
  const bool url = find_key(section_, name)->type == Type::secret_url;
  const Result<ReadSecret> secret = to_secret(entry->value, url);
  return secret ? secret->secret : Secret{};
}

Duration read_timeout(const Fields& fields, Duration every, std::string_view what, Report& report) {
  const Duration timeout = fields.duration("timeout");
  if (timeout <= every) return timeout;
  if (fields.has("timeout")) {
    report.error(
        fields.place("timeout"),
        fmt::format("the timeout is longer than the interval ({})", format_duration(every)),
        fmt::format("{} must end before the next begins", what));
  }
  return every;
}

}  // namespace tocsin::config
