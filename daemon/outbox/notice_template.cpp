#include "tocsin/outbox/notice_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "tocsin/base/text.hpp"

namespace tocsin::outbox {

namespace {

constexpr std::size_t kDeepest = 16;
constexpr std::array<std::string_view, 4> kWords{"if", "else", "each", "end"};

enum class Filter { html, markdown, code, upper, lower, shorten };
struct NamedFilter {
  std::string_view name;
  Filter filter;
};
constexpr std::array<NamedFilter, 6> kFilters{{{"html", Filter::html},
                                               {"markdown", Filter::markdown},
                                               {"code", Filter::code},
                                               {"upper", Filter::upper},
                                               {"lower", Filter::lower},
                                               {"shorten", Filter::shorten}}};

struct AppliedFilter {
  Filter filter{};
  std::size_t most = 0;  ///< of `shorten`: bytes
};

struct FieldUse {
  std::string name;
  std::vector<AppliedFilter> filters;
};

struct Condition {
  std::string field;
  bool negated = false;
  std::optional<std::string> equals;
};

std::optional<std::size_t> whole(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

/// The next word of a tag, or a text in quotes as it stands.
std::string_view next_word(std::string_view& rest) {
  rest = trim(rest);
  if (rest.empty()) return {};
  std::size_t end = 0;
  if (rest.front() == '"') {
    end = std::min(rest.find('"', 1), rest.size() - 1) + 1;
  } else if (rest.front() == '|') {
    end = 1;
  } else if (rest.starts_with("==") || rest.starts_with("!=")) {
    end = 2;
  } else {
    while (end < rest.size() &&
           std::string_view(" \t\r\n|\"=!").find(rest[end]) == std::string_view::npos) {
      ++end;
    }
    end = std::max<std::size_t>(end, 1);
  }
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

std::string markdown_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]()<>#+-.!|~@:").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string filtered(std::string text, const AppliedFilter& applied) {
  switch (applied.filter) {
    case Filter::html:
      return html_escaped(text);
    case Filter::markdown:
      return markdown_escaped(text);
    case Filter::code:
      std::replace(text.begin(), text.end(), '`', '\'');
      return text;
    case Filter::upper:
      std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      return text;
    case Filter::lower:
      return lowercase(text);
    case Filter::shorten:
      return shortened(text, applied.most);
  }
  return text;
}

/// "alerts" of "alert.value"; "" of what stands anywhere.
std::string_view list_of(std::string_view field) {
  if (field.starts_with("alert.")) return "alerts";
  if (field.starts_with("fact.")) return "facts";
  if (field.starts_with("line.")) return "lines";
  return {};
}

bool is_list(std::string_view name) {
  return name == "alerts" || name == "facts" || name == "lines";
}

bool is_field(std::string_view name) {
  if (is_list(name)) return false;
  const auto& all = notice_fields();
  return std::any_of(all.begin(), all.end(), [name](const NoticeField& field) {
    if (!field.name.ends_with('*')) return field.name == name;
    const std::string_view prefix = field.name.substr(0, field.name.size() - 1);
    return name.size() > prefix.size() && name.starts_with(prefix);
  });
}

std::string meant(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  return near.empty() ? "" : ": did you mean `" + near + "`?";
}

std::string unknown_field(std::string_view name) {
  std::vector<std::string> names;
  for (const NoticeField& field : notice_fields()) names.emplace_back(field.name);
  if (is_list(name)) return fmt::format("`{0}` is a list: {{{{each {0}}}}} goes through it", name);
  return fmt::format("unknown field `{}`{}", name, meant(name, names));
}

}  // namespace

struct NoticeTemplate::Node {
  struct Arm {
    std::optional<Condition> condition;  ///< none: `else`
    std::vector<Node> body;
  };
  enum class Kind { text, field, branch, loop } kind = Kind::text;
  std::string text;  ///< as written
  FieldUse field;    ///< to show; of a loop: the list
  std::size_t most = SIZE_MAX;
  std::vector<Arm> arms;  ///< of a loop: one
};

class NoticeTemplate::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { split(); }

  std::vector<Node> parse() {
    std::vector<Node> nodes = block(0);
    while (at_ < tokens_.size()) {
      fault(tokens_[at_],
            fmt::format("`{}` without its `{{{{if}}}}` or `{{{{each}}}}`", tokens_[at_].inside));
      ++at_;
      std::vector<Node> more = block(0);
      std::move(more.begin(), more.end(), std::back_inserter(nodes));
    }
    return nodes;
  }
  [[nodiscard]] std::vector<TemplateFault> faults() && {
    std::sort(faults_.begin(), faults_.end(),
              [](const auto& a, const auto& b) { return a.offset < b.offset; });
    return std::move(faults_);
  }

 private:
  struct Token {
    std::string_view written;
    std::string_view inside;  ///< of a tag, trimmed
    std::string_view word;    ///< its first
    bool tag = false;
  };

  [[nodiscard]] static bool steers(std::string_view word) {
    return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
  }

  void split() {
    std::size_t at = 0;
    while (at < text_.size()) {
      const std::size_t open = std::min(text_.find("{{", at), text_.size());
      if (open > at) tokens_.push_back({text_.substr(at, open - at), {}, {}, false});
      if (open == text_.size()) break;
      const std::size_t end = text_.find("}}", open + 2);
      if (end == std::string_view::npos) {
        faults_.push_back({open, 2, "`{{` without its `}}`"});
        break;
      }
      Token tag{text_.substr(open, end + 2 - open),
                trim(text_.substr(open + 2, end - open - 2)),
                {},
                true};
      std::string_view rest = tag.inside;
      tag.word = next_word(rest);
      at = end + 2;
      if (steers(tag.word)) at = swallow_line(open, at);
      tokens_.push_back(tag);
    }
  }

  /// Where the tag has its line to itself, what is left of the line goes with it.
  std::size_t swallow_line(std::size_t open, std::size_t end) {
    const std::size_t newline = text_.substr(0, open).rfind('\n');
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    const std::size_t stop = std::min(text_.find('\n', end), text_.size());
    if (!trim(text_.substr(begin, open - begin)).empty() ||
        !trim(text_.substr(end, stop - end)).empty()) {
      return end;
    }
    if (open > begin && !tokens_.empty() && !tokens_.back().tag) {
      tokens_.back().written.remove_suffix(open - begin);
    }
    return std::min(stop + 1, text_.size());
  }

  void fault(const Token& token, std::string what) {
    faults_.push_back({static_cast<std::size_t>(token.written.data() - text_.data()),
                       token.written.size(), std::move(what)});
  }
  void fault_at(std::string_view part, std::string what) {
    faults_.push_back({static_cast<std::size_t>(part.data() - text_.data()),
                       std::max<std::size_t>(part.size(), 1), std::move(what)});
  }

  /// Up to the `else` or `end` that is not its own.
  std::vector<Node> block(std::size_t depth) {
    std::vector<Node> nodes;
    while (at_ < tokens_.size()) {
      const Token& token = tokens_[at_];
      if (token.word == "else" || token.word == "end") return nodes;
      ++at_;
      Node node;
      if (!token.tag) {
        node.text = token.written;
      } else if (token.word == "if" || token.word == "each") {
        if (depth >= kDeepest) {
          fault(token, "too deeply nested");
          return nodes;
        }
        token.word == "if" ? branch(token, node, depth) : loop(token, node, depth);
      } else {
        node.kind = Node::Kind::field;
        node.field = field_use(token);
      }
      nodes.push_back(std::move(node));
    }
    return nodes;
  }

  void branch(const Token& opening, Node& node, std::size_t depth) {
    node.kind = Node::Kind::branch;
    std::string_view rest = opening.inside.substr(opening.word.size());
    Node::Arm arm;
    arm.condition = condition(opening, rest);
    for (;;) {
      arm.body = block(depth + 1);
      const bool ended_by_else = !arm.condition.has_value();
      node.arms.push_back(std::move(arm));
      if (at_ == tokens_.size()) return fault(opening, "`if` without its `{{end}}`");
      const Token& token = tokens_[at_++];
      if (token.word == "end") return nothing_more(token);
      if (ended_by_else) fault(token, "a second `else`");
      arm = {};
      std::string_view after = token.inside.substr(token.word.size());
      std::string_view look = after;
      if (next_word(look) == "if") {
        arm.condition = condition(token, look);
      } else {
        nothing_more(token);
      }
    }
  }

  void loop(const Token& opening, Node& node, std::size_t depth) {
    node.kind = Node::Kind::loop;
    std::string_view rest = opening.inside.substr(opening.word.size());
    const std::string_view list = next_word(rest);
    node.field.name = list;
    if (!is_list(list)) {
      fault_at(list.empty() ? opening.inside : list,
               "`each` goes through `alerts`, `facts` or `lines`");
    }
    if (const std::string_view most = next_word(rest); !most.empty()) {
      const std::optional<std::size_t> number = whole(most);
      if (!number) fault_at(most, fmt::format("`{}` is no number of entries", most));
      node.most = number.value_or(SIZE_MAX);
    }
    if (!trim(rest).empty()) fault_at(trim(rest), "nothing more may stand here");
    if (!within_.empty()) fault(opening, "an `each` within an `each`");
    const std::string_view before = std::exchange(within_, list);
    node.arms.push_back({std::nullopt, block(depth + 1)});
    within_ = before;
    if (at_ == tokens_.size()) return fault(opening, "`each` without its `{{end}}`");
    const Token& token = tokens_[at_++];
    if (token.word != "end") fault(token, "an `else` that belongs to no `if`");
  }

  void nothing_more(const Token& token) {
    const std::string_view rest = trim(token.inside.substr(token.word.size()));
    if (!rest.empty()) fault_at(rest, fmt::format("nothing may stand after `{}`", token.word));
  }

  std::optional<Condition> condition(const Token& token, std::string_view rest) {
    Condition out;
    std::string_view word = next_word(rest);
    if (word == "not") {
      out.negated = true;
      word = next_word(rest);
    }
    if (word.empty()) {
      fault(token, "`if` needs a field");
      return out;
    }
    check_field(word);
    out.field = word;
    const std::string_view how = next_word(rest);
    if (how.empty()) return out;
    const std::string_view what = next_word(rest);
    if ((how != "==" && how != "!=") || what.size() < 2 || what.front() != '"' ||
        what.back() != '"' || !trim(rest).empty()) {
      fault_at(how, R"(expected `== "TEXT"`, `!= "TEXT"` or nothing)");
      return out;
    }
    out.negated = out.negated != (how == "!=");
    out.equals = std::string(what.substr(1, what.size() - 2));
    return out;
  }

  FieldUse field_use(const Token& token) {
    FieldUse use;
    std::string_view rest = token.inside;
    const std::string_view name = next_word(rest);
    if (name.empty()) {
      fault(token, "an empty field");
      return use;
    }
    check_field(name);
    use.name = name;
    while (!(rest = trim(rest)).empty()) {
      const std::string_view bar = next_word(rest);
      const std::string_view filter = bar == "|" ? next_word(rest) : std::string_view();
      if (filter.empty()) {
        fault_at(bar, "expected `|` and a filter");
        return use;
      }
      add_filter(use, filter, rest);
    }
    return use;
  }

  void add_filter(FieldUse& use, std::string_view name, std::string_view& rest) {
    const auto* known = std::find_if(kFilters.begin(), kFilters.end(),
                                     [name](const NamedFilter& each) { return each.name == name; });
    if (known == kFilters.end()) {
      std::vector<std::string> names;
      names.reserve(kFilters.size());
      for (const NamedFilter& each : kFilters) names.emplace_back(each.name);
      return fault_at(name, fmt::format("unknown filter `{}`{}", name, meant(name, names)));
    }
    AppliedFilter applied{known->filter, 0};
    if (known->filter == Filter::shorten) {
      const std::string_view most = next_word(rest);
      const std::optional<std::size_t> bytes = whole(most);
      if (!bytes) {
        return fault_at(most.empty() ? name : most, "`shorten` needs a number of bytes");
      }
      applied.most = *bytes;
    }
    use.filters.push_back(applied);
  }

  void check_field(std::string_view name) {
    if (!is_field(name)) return fault_at(name, unknown_field(name));
    const std::string_view list = name == "last" && within_.empty() ? "alerts" : list_of(name);
    if (list.empty() || list == within_) return;
    fault_at(name, fmt::format("`{}` stands within {{{{each {}}}}} only", name, list));
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::string_view within_;  ///< the list that is gone through
  std::vector<TemplateFault> faults_;
};

class NoticeTemplate::Renderer {
 public:
  Renderer(const NoticeValues& values, Escaping escaping, std::size_t most)
      : values_(values), escaping_(escaping), most_(most) {}

  /// False once there is too much of it.
  bool show(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      if (!show(node) || out_.size() > most_) return false;
    }
    return true;
  }
  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  bool show(const Node& node) {
    switch (node.kind) {
      case Node::Kind::text:
        out_ += node.text;
        return true;
      case Node::Kind::field: {
        std::string value(value_of(node.field.name));
        for (const AppliedFilter& filter : node.field.filters) {
          value = filtered(std::move(value), filter);
        }
        out_ += escaped(value, escaping_);
        return true;
      }
      case Node::Kind::branch:
        for (const Node::Arm& arm : node.arms) {
          if (!arm.condition || holds(*arm.condition)) return show(arm.body);
        }
        return true;
      case Node::Kind::loop:
        return go_through(node);
    }
    return true;
  }

  bool go_through(const Node& node) {
    const auto list = values_.lists.find(node.field.name);
    if (list == values_.lists.end()) return true;
    const std::size_t count = std::min(node.most, list->second.size());
    for (std::size_t i = 0; i < count; ++i) {
      entry_ = &list->second[i];
      last_ = i + 1 == count;
      if (!show(node.arms.front().body)) return false;
    }
    entry_ = nullptr;
    return true;
  }

  [[nodiscard]] std::string_view value_of(std::string_view name) const {
    if (name == "last") return last_ ? "true" : "";
    const NoticeValues::Fields& from =
        entry_ != nullptr && !list_of(name).empty() ? *entry_ : values_.fields;
    const auto found = from.find(name);
    return found == from.end() ? std::string_view() : std::string_view(found->second);
  }
  [[nodiscard]] bool holds(const Condition& condition) const {
    const std::string_view value = value_of(condition.field);
    const bool is = condition.equals ? value == *condition.equals : !value.empty();
    return is != condition.negated;
  }

  const NoticeValues& values_;
  Escaping escaping_;
  std::size_t most_;
  std::string out_;
  const NoticeValues::Fields* entry_ = nullptr;
  bool last_ = false;
};

tl::expected<NoticeTemplate, std::vector<TemplateFault>> NoticeTemplate::parse(
    std::string_view text) {
  Parser parser(text);
  NoticeTemplate made;
  made.nodes_ = std::make_shared<const std::vector<Node>>(parser.parse());
  std::vector<TemplateFault> faults = std::move(parser).faults();
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return made;
}

Result<std::string> NoticeTemplate::render(const NoticeValues& values, Escaping escaping,
                                           std::size_t most) const {
  Renderer renderer(values, escaping, most);
  if (nodes_ != nullptr && !renderer.show(*nodes_)) {
    return fail(ErrorCode::exhausted, fmt::format("more than {} bytes", most));
  }
  return std::move(renderer).take();
}

}  // namespace tocsin::outbox
