// Tables of everything that files of one kind may say; first of all the configuration's. They
// validate; help, reference and schema are made of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::config {

/// What a key's value must be.
enum class Type {
  text,
  flag,
  count,          ///< a whole number, zero or more
  duration,       ///< "1m30s"
  size,           ///< bytes: "32MiB" or a whole number
  quantity,       ///< "80%", "2s", "512MiB" or a number
  threshold,      ///< a quantity, or { warn = quantity, critical = quantity }
  hold,           ///< a duration, or { bad = count, of = count }
  baseline,       ///< { by = quantity, false_pages = "1 per 3y", … }
  choice,         ///< one of `choices`
  labels,         ///< { name = "value" }
  texts,          ///< a list of texts; one alone may stand without brackets
  names,          ///< a list of names of other sections; one alone may stand without brackets
  secret,         ///< "credential:NAME", "file:PATH", "env:NAME"
  secret_url,     ///< a secret's reference, or the URL itself
  url,            ///< http:// or https://
  address,        ///< "host:port"
  path,           ///< an absolute path
  regex,          ///< RE2
  matchers,       ///< '{name="value"}'
  expression,     ///< PromQL
  text_template,  ///< text with {{fields}}
  statuses,       ///< HTTP statuses: 200, "2xx", or a list of them
  headers,        ///< { "X-Name" = "value" }; the value may be a secret's reference
  json_values,    ///< { "/json/pointer" = what must stand there }
  secret_dsn,     ///< a secret's reference, or a connection string without a password
  pointers,       ///< { metric_name = "/json/pointer" }
};
[[nodiscard]] std::string_view to_string(Type type);
/// How a value of the type is written.
[[nodiscard]] std::string_view form_of(Type type);

struct Key {
  std::string_view section = "";
  std::string_view name = "";
  Type type = Type::text;
  bool required = false;
  std::string_view otherwise = "";  ///< the default, as one would write it; "" has none
  std::string_view least = "";      ///< bounds, as one would write them
  std::string_view most = "";
  std::string_view choices = "";    ///< separated by spaces
  std::string_view kinds = "";      ///< of receivers that take it, separated by spaces; "" : all
  std::string_view needed_by = "";  ///< of those kinds, where `required` does not hold for all
  bool singular = false;            ///< says what one rule is: no section that tunes many takes it
  std::string_view meaning = "";
  std::string_view example = "";
};

struct Section {
  /// "host", "source.prometheus.*" (one for each name), "policy.*.notify[]" (an array of tables);
  /// "" is the top of a file.
  std::string_view pattern = "";
  std::string_view meaning = "";
  std::string_view keys_of = "";  ///< the section whose keys it takes besides its own
  bool many = false;              ///< of those, it takes none that is singular
};

class KeyTable {
 public:
  /// Both outlive the table.
  constexpr KeyTable(std::span<const Section> sections, std::span<const Key> keys)
      : sections_(sections), keys_(keys) {}

  [[nodiscard]] std::span<const Section> sections() const { return sections_; }
  [[nodiscard]] std::span<const Key> keys() const { return keys_; }
  [[nodiscard]] const Section* find_section(std::string_view pattern) const;
  [[nodiscard]] const Key* find_key(std::string_view section, std::string_view name) const;
  /// Names that may stand in a section: its keys and the sections within it.
  [[nodiscard]] std::vector<std::string> names_within(std::string_view section) const;
  /// Whether the section takes the key, as one of its own or of the section whose keys it takes.
  [[nodiscard]] bool stands_in(const Key& key, std::string_view section) const;

 private:
  std::span<const Section> sections_;
  std::span<const Key> keys_;
};

/// What a configuration may say.
[[nodiscard]] const KeyTable& configuration_keys();

// The same of the configuration's table.
[[nodiscard]] std::span<const Section> sections();
[[nodiscard]] std::span<const Key> keys();
[[nodiscard]] const Section* find_section(std::string_view pattern);
[[nodiscard]] const Key* find_key(std::string_view section, std::string_view name);
[[nodiscard]] bool stands_in(const Key& key, std::string_view section);
[[nodiscard]] std::vector<std::string> names_within(std::string_view section);

/// A section as one writes its header: "[rule.CpuHigh]", "[[policy.NAME.notify]]" without a name.
[[nodiscard]] std::string header_of(std::string_view pattern, std::string_view name = "");
/// Whether the key belongs to a receiver of that kind.
[[nodiscard]] bool takes(const Key& key, std::string_view kind);
/// Whether a receiver of that kind cannot do without the key.
[[nodiscard]] bool needs(const Key& key, std::string_view kind);

}  // namespace tocsin::config
