#include "parser_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tocsin/base/text.hpp"

namespace tocsin::toml {
namespace {

/// A complaint of the parser's, by what is in it, and what it is for people. "{}" is what the
/// parser names between quotes.
struct Complaint {
  std::string_view part;
  std::string_view message;
  std::string_view hint = "";
};

constexpr std::string_view kUnit =
    "what has a unit, and any text, stands in quotes: \"5m\", \"80%\"";
constexpr std::string_view kTime = "a date or a time stands in quotes, as any text: \"22:30\"";
constexpr std::string_view kFlag = "a flag is true or false, in small letters";
constexpr std::string_view kTable = "[x] is one table, [[x]] one of several";

/// The first that fits counts.
constexpr std::array kComplaints = {
    Complaint{"control characters", "the text does not end in its line",
              "a text of several lines stands between three quotes"},
    Complaint{"sequence '\\\\n'", "the text does not end in its line",
              "a text of several lines stands between three quotes"},
    Complaint{"expected '0'", "no number is written so", "a text stands in quotes"},
    Complaint{"expected value, saw '\\n'", "a value is missing after `=`"},
    Complaint{"expected value, saw '#'", "a value is missing after `=`"},
    Complaint{"expected value or closing ']', saw comma", "a value is missing before the comma"},
    Complaint{"parsing date", "no date or time is written so", kTime},
    Complaint{"parsing time", "no date or time is written so", kTime},
    Complaint{"expected 'true'", "what stands here is no value", kFlag},
    Complaint{"expected 'false'", "what stands here is no value", kFlag},
    Complaint{"expected 'nan'", "what stands here is no value", "a text stands in quotes"},
    Complaint{"expected 'inf'", "what stands here is no value", "a text stands in quotes"},
    Complaint{"expected value-terminator", "the value should end before `{}`", kUnit},
    Complaint{"underscore", "an underscore stands between two digits of a number, or not at all",
              "a text stands in quotes"},
    Complaint{"leading zeroes", "a number does not begin with 0", "a text stands in quotes"},
    Complaint{"length limit", "the number is too long", "a text stands in quotes"},
    Complaint{"numeric value too long", "the number is too long", "a text stands in quotes"},
    Complaint{"not representable", "the number is too large: it has 64 bits"},
    Complaint{"could not be interpreted", "the number is too large"},
    Complaint{"hexadecimal floating-point", "a number with a fraction is written in decimal"},
    Complaint{"digit, saw '\\n'", "a digit is missing at the end of the line"},
    Complaint{"digit or sign, saw '\\n'", "a digit is missing at the end of the line"},
    Complaint{"missing exponent", "a digit is missing behind the exponent"},
    Complaint{"hex digit", "\\u is followed by four hexadecimal digits, \\U by eight",
              "in '…' a backslash is a backslash"},
    Complaint{"digit", "no number has `{}` here", kUnit},
    Complaint{"surrogates", "no character has this number", "in '…' a backslash is a backslash"},
    Complaint{"U+10FFFF", "no character has this number", "in '…' a backslash is a backslash"},
    Complaint{"nested value depth", "lists and tables stand too deep in one another here"},
    Complaint{"expected value", "what stands here is no value", "a text stands in quotes"},
    Complaint{"could not", "what stands here is no value", "a text stands in quotes"},
    Complaint{"expected a comment or whitespace, saw ','",
              "a comma follows where the line should end", "a list stands between [ and ]"},
    Complaint{"expected a comment or whitespace", "`{}` follows where the line should end",
              "a line has one key and one value; a remark begins with #"},
    Complaint{"expected keys, tables", "no line begins with `{}`",
              "a line is a [header], a `key = value` or a # remark"},
    Complaint{"expected bare key", "a key is missing before `{}`"},
    Complaint{"expected '='", "`=` is missing behind the key"},
    Complaint{"expected ']'", "the ] of this header is missing"},
    Complaint{"expected comma or closing ']'", "a comma is missing, or the ] of this list"},
    Complaint{"expected comma or closing '}'", "a comma is missing, or the } of this table"},
    Complaint{"expected key or closing '}'", "a key is missing, or the } of this table",
              "it stands in one line"},
    Complaint{"dangling comma", "no comma stands before }"},
    Complaint{"closing '}', saw comma", "a `key = value` is missing before the comma"},
    Complaint{"as dotted key-value pair", "what stands before the dot has a value already",
              "a name stands once in a file"},
    Complaint{"into existing inline table", "`{}` comes too late: its table ended with its }",
              "what stands between { and } is all of a table"},
    Complaint{"as array-of-tables", "`{}` stands in the file already, and not as [[a list]]",
              kTable},
    Complaint{"as table", "`{}` stands in the file already, and not as a [table]", kTable},
    Complaint{"cannot redefine existing", "`{}` stands here a second time",
              "a name stands once in a file"},
    Complaint{"cannot insert", "`{}` stands here a second time", "a name stands once in a file"},
    Complaint{"escape sequence", "`{}` is no escape", "in '…' a backslash is a backslash"},
    Complaint{"blank bare keys", "a header without a name"},
    Complaint{"end-of-file", "the file ends here, in the middle"},
};

/// The first thing between single quotes of which the parser says that it was there.
std::string_view named_in(std::string_view description) {
  for (const std::string_view lead : {"saw '", "sequence '", " '"}) {
    const std::size_t at = description.find(lead);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = description.substr(at + lead.size());
    return rest.substr(0, rest.find('\'', 1));
  }
  return "";
}

/// Where the text begins with what other languages call a flag or no value, or with quotes of a
/// word processor.
std::string_view hint_for_word(std::string_view text) {
  const std::size_t end =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const std::string word = lowercase(text.substr(0, end));
  for (const std::string_view flag : {"yes", "no", "on", "off", "true", "false"})
    if (word == flag) return kFlag;
  for (const std::string_view nothing : {"null", "nil", "none"})
    if (word == nothing) return "a key that says nothing is left out";
  for (const std::string_view curly : {"“", "”", "„", "‘", "’"})
    if (text.starts_with(curly)) return "quotes are straight: \"…\" or '…'";
  return "";
}

}  // namespace

Words words_for(std::string_view description, std::string_view rest) {
  const std::string_view named = named_in(description);
  const auto* const found = std::find_if(
      kComplaints.begin(), kComplaints.end(), [description](const Complaint& complaint) {
        return description.find(complaint.part) != std::string_view::npos;
      });
  if (found == kComplaints.end()) return {"not valid TOML: " + std::string(description), ""};
  const bool end = named == "\\n";
  Words words{replaced(found->message, "`{}`",
                       end ? "the end of the line" : "`" + std::string(named) + "`"),
              std::string(found->hint)};
  if (!named.empty() && static_cast<unsigned char>(named.front()) >= 0x80U)
    words.hint = "letters beyond a to z stand in quotes, also in a key";
  if (found->message == "what stands here is no value") {
    if (const std::string_view hint = hint_for_word(rest); !hint.empty()) words.hint = hint;
  }
  return words;
}

}  // namespace tocsin::toml
