// The tokens of a configuration file as it is shipped: of TOML, and within its expressions of
// PromQL. A lexer of the test's own, for files that are right; it knows no mistakes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::mutants {

enum class Kind {
  // TOML
  header_bracket,
  family,  ///< a word of a header that the table of sections knows
  name,    ///< a word of a header that the configuration gives
  dot,
  key,
  inner_key,  ///< of an inline table
  equals,
  text,
  number,
  flag,
  bracket,  ///< of an array or an inline table
  comma,
  // PromQL
  function,
  aggregation,
  operation,  ///< arithmetic or comparison
  metric,
  word,  ///< by, and, …
  label,
  label_op,
  label_value,
  constant,
  span,  ///< the time in a range
  parenthesis,
  separator,
  // text with fields
  field,
};

struct Token {
  Kind kind = Kind::key;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint32_t line = 1;
  bool promql = false;
  std::string text;
  std::string section;    ///< "rule", "policy.notify": the header's families
  std::string key;        ///< that it belongs to
  std::size_t items = 0;  ///< of the list that it stands in; 0: in none
  bool last = false;      ///< of its list
};

[[nodiscard]] std::vector<Token> tokens_of(const std::string& text);

}  // namespace tocsin::mutants
