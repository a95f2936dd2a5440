// Configuration without its syntax: a tree of values that know their places. A reader of some
// syntax fills it (daemon/toml); everything that judges a configuration reads only this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/time_zone.hpp"

namespace tocsin::config {

/// Where something stands: lines and columns from 1, columns and length in characters (code
/// points). Line 0 is the file as a whole.
struct Place {
  std::uint32_t file = 0;  ///< index into Input::files
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 1;
  friend bool operator==(const Place&, const Place&) = default;
};

/// A stretch of a text whose bytes stand one after the other in the file. Escapes and line ends
/// begin a new one.
struct Stretch {
  std::size_t offset = 0;  ///< in the text's bytes
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t instead_of = 0;  ///< so many characters in the file, which all of it stands for; 0:
                                 ///< it stands there itself
};

enum class Kind { text, number, flag, array, table, other };
/// "a text", "a number", … for messages.
[[nodiscard]] std::string_view to_string(Kind kind);

struct Entry;

struct Value {
  Kind kind = Kind::other;
  Place place;
  std::string text;
  double number = 0;
  bool whole = false;  ///< the number was written without fraction or exponent
  bool flag = false;
  std::vector<Value> items;        ///< of an array
  std::vector<Entry> entries;      ///< of a table, as written
  std::vector<Stretch> stretches;  ///< of a text; empty: from `place` on, one character a byte

  [[nodiscard]] const Entry* find(std::string_view key) const;
  /// The place of `length` bytes of the text, `offset` bytes from its start.
  [[nodiscard]] Place within(std::size_t offset, std::size_t length) const;
};

struct Entry {
  std::string key;
  Place place;  ///< of the key
  Value value;
};

struct File {
  std::string name;  ///< as people find it
  std::string text;  ///< for excerpts
  bool writable_by_others = false;
  bool pack = false;  ///< a shipped rule pack: holds rules and their parameters only
};

/// A time zone that the configuration names, or why there is none.
struct NamedZone {
  std::string name;
  std::optional<TimeZone> zone;
  std::string problem;
};

/// A whole configuration, in the order in which its files count.
struct Input {
  std::vector<File> files;
  std::vector<Value> roots;             ///< one table a file; `other` where its syntax is broken
  std::vector<NamedZone> zones;         ///< what `wished_zones` asks for
  std::vector<std::string> zone_names;  ///< all that there are; filled where one has a problem
};

}  // namespace tocsin::config
