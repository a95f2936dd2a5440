#include "reader.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "source_text.hpp"
#include "unclosed.hpp"

// The header alone, without exceptions: what is wrong with a file is a value here as everywhere.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
// toml++ 3.3 asserts, or in a release build promises the compiler, that a header's first character
// is fit for a key, and goes on to report one that is not ("[/x]"): it must get as far as its
// report.
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

namespace tocsin::toml {
namespace {

using config::Kind;
using config::Place;
using config::Value;

constexpr std::size_t kDeepest = 16;  ///< nesting that a configuration may need, with room to spare

class Reader {
 public:
  Reader(std::string_view text, std::uint32_t file) : source_(text), file_(file) {}

  Value read(const ::toml::node& node, std::size_t depth) {
    Value value;
    value.place = place(node.source());
    if (const auto* table = node.as_table()) {
      read_table(*table, depth, value);
    } else if (const auto* array = node.as_array()) {
      value.kind = Kind::array;
      for (const ::toml::node& item : *array) {
        if (depth < kDeepest) value.items.push_back(read(item, depth + 1));
      }
    } else {
      read_scalar(node, value);
    }
    return value;
  }

 private:
  Place place(const ::toml::source_region& region) const {
    Place result;
    result.file = file_;
    result.line = region.begin.line;
    result.column = region.begin.column;
    const std::uint32_t rest = source_.rest_of_line(result.line, result.column);
    const bool one_line = region.end.line == region.begin.line;
    const std::uint32_t length = one_line && region.end.column > region.begin.column
                                     ? region.end.column - region.begin.column
                                     : rest;
    result.length = std::max(1U, std::min(length, rest));
    return result;
  }

  void read_table(const ::toml::table& table, std::size_t depth, Value& value) {
    value.kind = Kind::table;
    if (depth >= kDeepest) return;
    for (const auto& [key, node] : table) {
      value.entries.push_back({std::string(key.str()), place(key.source()), read(node, depth + 1)});
    }
    std::stable_sort(value.entries.begin(), value.entries.end(),
                     [](const config::Entry& a, const config::Entry& b) {
                       return std::pair(a.place.line, a.place.column) <
                              std::pair(b.place.line, b.place.column);
                     });
  }

  void read_scalar(const ::toml::node& node, Value& value) {
    if (const auto* text = node.as_string()) {
      value.kind = Kind::text;
      value.text = text->get();
      value.stretches = source_.stretches(value.place.line, value.place.column, value.text);
    } else if (const auto* whole = node.as_integer()) {
      value.kind = Kind::number;
      value.number = static_cast<double>(whole->get());
      value.whole = true;
    } else if (const auto* fraction = node.as_floating_point()) {
      value.kind = Kind::number;
      value.number = fraction->get();
    } else if (const auto* flag = node.as_boolean()) {
      value.kind = Kind::flag;
      value.flag = flag->get();
    }
  }

  SourceText source_;
  std::uint32_t file_;
};

struct Words {
  std::string message;
  std::string hint;
};

/// The parser's words without what it was doing when it stumbled; in ours where they help nobody.
Words words_for(std::string_view description) {
  constexpr std::string_view kDoing = "Error while parsing ";
  if (description.starts_with(kDoing)) {
    if (const std::size_t colon = description.find(": "); colon != std::string_view::npos) {
      description.remove_prefix(colon + 2);
    }
  }
  const auto says = [description](std::string_view part) {
    return description.find(part) != std::string_view::npos;
  };
  if (says("control characters")) {
    return {"the text does not end in its line, or holds a control character",
            "a text of several lines stands between three quotes"};
  }
  if (says("expected value, saw '\\n'")) return {"a value is missing after `=`", ""};
  Words words{"not valid TOML: " + std::string(description), ""};
  if (says("cannot redefine")) words.hint = "a name stands once in a file";
  if (says("escape sequence")) words.hint = "in '…' a backslash is a backslash";
  if (says("expected value")) words.hint = "a text stands in quotes";
  return words;
}

/// TOML has no place for control characters, and the parser trips over some. A file that a crash
/// left full of zeros is told of here.
std::optional<std::size_t> control_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool allowed =
        byte == '\t' || byte == '\n' || (byte == '\r' && text.substr(at, 2) == "\r\n");
    if ((byte < 0x20U || byte == 0x7FU) && !allowed) return at;
  }
  return std::nullopt;
}

}  // namespace

Parsed read(const std::vector<config::File>& files, std::uint32_t index) {
  const config::File& file = files[index];
  const auto refused = [&files, index](std::size_t at, std::string message, std::string hint) {
    Place place = SourceText(files[index].text).place(at);
    place.file = index;
    Parsed broken;
    broken.mistake = config::diagnostic_at(files, config::Level::error, place, std::move(message),
                                           std::move(hint));
    return broken;
  };
  if (const auto at = control_character(file.text)) {
    return refused(*at, "a control character stands here",
                   "a text says \\n, \\t or \\u0000 for one");
  }
  // toml++ 3.3 asks whether such a letter is white space, and for most the answer is undefined.
  if (const auto at = beyond_ascii(file.text)) {
    return refused(*at, "a character beyond ASCII stands outside of quotes",
                   "a text, or a key with such a character, stands in straight quotes");
  }
  const ::toml::parse_result result =
      ::toml::parse(std::string_view(file.text), std::string_view(file.name));
  Parsed parsed;
  if (result.succeeded()) {
    parsed.root = Reader(file.text, index).read(result.table(), 0);
    return parsed;
  }
  const ::toml::parse_error& error = result.error();
  Place place;
  place.file = index;
  place.line = std::max<std::uint32_t>(1, error.source().begin.line);
  place.column = std::max<std::uint32_t>(1, error.source().begin.column);
  Words words = words_for(error.description());
  const SourceText source(file.text);
  if (const auto open = unclosed_before(file.text, source.offset(place.line, place.column))) {
    place = source.place(*open);
    place.file = index;
    const bool list = file.text[*open] == '[';
    words.message = list ? "this list is never closed" : "this text is never closed";
    words.hint = list ? "its ] is missing" : "its three quotes are missing";
  }
  parsed.mistake = config::diagnostic_at(files, config::Level::error, place,
                                         std::move(words.message), std::move(words.hint));
  return parsed;
}

}  // namespace tocsin::toml
