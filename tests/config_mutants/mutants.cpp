#include "config_mutants/mutants.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "config/known_metrics.hpp"
#include "tocsin/config/keys.hpp"

namespace tocsin::mutants {
namespace {

template <std::size_t Size>
using Words = std::array<std::string_view, Size>;

// What the keys of the shipped files hold.
constexpr Words<4> kChoices = {"kind", "severity", "impact", "unit"};
constexpr Words<5> kReferences = {"to", "fallback", "inhibited_by", "policy", "enable"};
constexpr Words<6> kDurations = {"after", "every", "timeout", "repeat", "ack_expires", "for"};
constexpr Words<3> kQuantities = {"above", "below", "clear"};
constexpr Words<3> kRangeFunctions = {"rate", "increase", "histogram_quantile"};
constexpr Words<7> kWords = {"by", "and", "or", "on", "unless", "bool", "without"};

template <std::size_t Size>
bool one_of(const Words<Size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The token behind, of the same language.
const Token* next_of(const std::vector<Token>& all, std::size_t at) {
  for (std::size_t next = at + 1; next < all.size(); ++next) {
    if (all[next].promql != all[at].promql || all[next].kind == Kind::field) {
      if (all[at].promql) return nullptr;
      continue;
    }
    return all[next].begin < all[at].end ? nullptr : &all[next];
  }
  return nullptr;
}

bool deletion_is_invalid(const Token& token, const Token* next) {
  switch (token.kind) {
    case Kind::text:
      return token.items == 0 || (token.items > 1 && !token.last);
    case Kind::function:
      return one_of(kRangeFunctions, token.text);
    case Kind::aggregation:
      return next != nullptr && next->kind == Kind::word;  // `by` with nothing before it
    case Kind::label:
      return next != nullptr && next->kind == Kind::label_op;
    case Kind::metric:    // what is left in braces may still select
    case Kind::constant:  // the sign behind it may be that of a number
      return false;
    default:
      return true;
  }
}

/// Two signs may be one operation and the sign of a number.
bool doubling_is_invalid(const Token& token) {
  return token.text != "-" && token.text != "+";
}

bool section_has(const std::string& section, const std::string& key) {
  for (const config::Section& each : config::sections()) {
    std::string path;
    for (const char c : each.pattern) path += std::string_view("*[]").find(c) < 3 ? '\0' : c;
    std::string plain;
    for (std::size_t at = 0; at < path.size(); ++at) {
      if (path[at] != '\0' && !(path[at] == '.' && at + 1 < path.size() && path[at + 1] == '\0'))
        plain += path[at];
    }
    if (plain == section && config::find_key(each.pattern, key) != nullptr) return true;
  }
  return false;
}

bool known_metric(const std::string& name) {
  const auto& known = config::known_metrics();
  return std::binary_search(known.begin(), known.end(), name);
}

bool misspelling_is_invalid(const Token& token, const std::string& now) {
  switch (token.kind) {
    case Kind::family: {
      const std::vector<std::string> top = config::names_within("");
      return std::find(top.begin(), top.end(), now) == top.end();
    }
    case Kind::key:
      return !section_has(token.section, now);
    case Kind::inner_key:
      return token.key == "above" || token.key == "below" || token.key == "for";
    case Kind::name:
      return token.section == "override";
    case Kind::text:
      return one_of(kChoices, token.key) || one_of(kReferences, token.key);
    case Kind::metric:
      return token.text.size() >= 8 && known_metric(token.text) && !known_metric(now);
    case Kind::word:
      return !one_of(kWords, now);
    case Kind::flag:
    case Kind::function:
    case Kind::aggregation:
    case Kind::field:
      return true;
    default:
      return false;
  }
}

bool can_be_misspelt(const Token& token) {
  switch (token.kind) {
    case Kind::family:
    case Kind::name:
    case Kind::key:
    case Kind::inner_key:
    case Kind::flag:
    case Kind::function:
    case Kind::aggregation:
    case Kind::metric:
    case Kind::word:
    case Kind::label:
    case Kind::field:
      return token.text.size() > 1;
    case Kind::text:
      return token.key != "expr" && token.key != "summary" && token.key != "description" &&
             token.text.size() > 4;
    default:
      return false;
  }
}

/// A letter lost, changed or swapped with its neighbour; what is in quotes stays in them.
std::string misspelt(const Token& token, Random& random) {
  const std::size_t quotes = token.kind == Kind::text ? 1 : 0;
  const std::size_t letters = token.text.size() - 2 * quotes;
  std::string text = token.text;
  const std::size_t at = quotes + random.below(letters);
  switch (random.below(3)) {
    case 0:
      text.erase(at, 1);
      break;
    case 1:
      text[at] = text[at] == 'z' ? 'q' : 'z';
      break;
    default:
      std::swap(text[at], text[at + 1 < quotes + letters ? at + 1 : quotes]);
  }
  return text;
}

std::optional<std::string> of_wrong_type(const Token& token, Random& random) {
  const bool value =
      token.kind == Kind::text || token.kind == Kind::flag || token.kind == Kind::number;
  if (!value || token.items > 0) return std::nullopt;
  std::vector<std::string> others = {"2026-01-01", "[1]", "{ x = 1 }"};
  if (token.kind != Kind::flag) others.emplace_back("true");
  if (token.kind != Kind::text) others.emplace_back("\"no such thing\"");
  if (token.kind != Kind::number && !one_of(kQuantities, token.key)) others.emplace_back("3");
  return others[random.below(others.size())];
}

/// "80%" as "80s".
std::optional<std::string> of_wrong_unit(const Token& token, Random& random) {
  static constexpr Words<3> kNoTime = {"%", "MiB", "x"};
  static constexpr Words<3> kOther = {"%", "MiB", "s"};
  const bool quantity = one_of(kQuantities, token.key);
  const bool timed = token.kind == Kind::span || one_of(kDurations, token.key);
  if (token.kind != Kind::span && (token.kind != Kind::text || !(quantity || timed))) {
    return std::nullopt;
  }
  std::string text = token.text;
  const std::size_t first = text.find_first_of("0123456789");
  if (first == std::string::npos) return std::nullopt;
  const std::size_t unit = text.find_first_not_of("0123456789.", first);
  if (unit == std::string::npos || text[unit] == '"') return std::nullopt;
  const std::string_view other = (timed ? kNoTime : kOther)[random.below(3)];
  const std::size_t length = text.size() - unit - (text.back() == '"' ? 1 : 0);
  if (text.compare(unit, length, other) == 0) return std::nullopt;
  return text.replace(unit, length, other);
}

}  // namespace

const char* to_string(Mistake mistake) {
  static constexpr std::array kNames = {"deleted", "doubled",    "misspelt",
                                        "swapped", "wrong type", "wrong unit"};
  return kNames[static_cast<std::size_t>(mistake)];
}

const char* to_string(Kind kind) {
  static constexpr std::array kNames = {"header bracket",
                                        "section",
                                        "name",
                                        "dot",
                                        "key",
                                        "inner key",
                                        "=",
                                        "text",
                                        "number",
                                        "flag",
                                        "bracket",
                                        "comma",
                                        "function",
                                        "aggregation",
                                        "operation",
                                        "metric",
                                        "word",
                                        "label",
                                        "label operation",
                                        "label value",
                                        "constant",
                                        "range",
                                        "parenthesis",
                                        "separator",
                                        "field"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<Mutant> mutant(const std::vector<Token>& all, std::size_t at, Mistake mistake,
                             Random& random) {
  const Token& token = all[at];
  const Token* next = next_of(all, at);
  Mutant out{mistake, token.kind, token.begin, token.end, "", token.line, false};
  switch (mistake) {
    case Mistake::deleted:
      out.invalid = deletion_is_invalid(token, next);
      return out;
    case Mistake::doubled:
      out.text = token.text + " " + token.text;
      out.invalid = doubling_is_invalid(token);
      return out;
    case Mistake::misspelt:
      if (!can_be_misspelt(token)) return std::nullopt;
      out.text = misspelt(token, random);
      if (out.text == token.text) return std::nullopt;
      out.invalid = misspelling_is_invalid(token, out.text);
      return out;
    case Mistake::swapped:
      if (next == nullptr || next->line != token.line || next->text == token.text ||
          next->begin < token.end || token.kind == Kind::field) {
        return std::nullopt;
      }
      out.end = next->end;
      out.text = " " + next->text + " " + token.text + " ";
      out.invalid = true;
      return out;
    case Mistake::wrong_type:
      if (const auto other = of_wrong_type(token, random)) {
        out.text = *other;
        out.invalid = true;
        return out;
      }
      return std::nullopt;
    case Mistake::wrong_unit:
      break;
  }
  const auto other = of_wrong_unit(token, random);
  if (!other) return std::nullopt;
  out.text = *other;
  // One quantity of a rule may have any unit; that `clear` has another than the threshold is said
  // at `clear`.
  out.invalid = token.kind == Kind::span || one_of(kDurations, token.key) || token.key == "clear";
  return out;
}

}  // namespace tocsin::mutants
