#include "unclosed.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tocsin::toml {
namespace {

/// Follows brackets and quotes from the start of a file.
class BracketWalk {
 public:
  explicit BracketWalk(std::string_view text) : text_(text) {}

  /// Up to that byte: the outermost thing that is open there.
  std::optional<std::size_t> open_at(std::size_t end) {
    while (at_ < std::min(end, text_.size())) {
      const std::size_t begin = at_;
      step();
      if (never_ends_) return begin;
    }
    return lists_.empty() ? std::nullopt : std::optional(lists_.front());
  }

 private:
  void step() {
    switch (text_[at_]) {
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size());
        return;
      case '"':
      case '\'':
        return quotes();
      case '\n':
        if (lists_.empty()) in_value_ = false;
        break;
      case '=':
        in_value_ = true;
        break;
      case '[':
        if (in_value_) lists_.push_back(at_);
        break;
      case ']':
        if (!lists_.empty()) lists_.pop_back();
        break;
      default:
        break;
    }
    ++at_;
  }

  void quotes() {
    const char quote = text_[at_];
    const bool several = text_.substr(at_).starts_with(std::string(3, quote));
    at_ += several ? 3 : 1;
    const std::string close(several ? 3 : 1, quote);
    while (at_ < text_.size() && !text_.substr(at_).starts_with(close)) {
      if (!several && text_[at_] == '\n') return;  // the parser says so, in its line
      at_ += quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size() ? 2 : 1;
    }
    never_ends_ = several && at_ >= text_.size();
    at_ = std::min(at_ + close.size(), text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_value_ = false;
  bool never_ends_ = false;
  std::vector<std::size_t> lists_;
};

/// A key and its =, or a header: neither stands in a list.
bool begins_statement(std::string_view line) {
  line = line.substr(0, line.find('\n'));
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return false;
  line.remove_prefix(first);
  if (line[0] == '[') {
    return line.size() > 1 && line.find(',') == std::string_view::npos &&
           line.find('"') == std::string_view::npos && line.find('\'') == std::string_view::npos;
  }
  const std::size_t key = line.find_first_of(" \t=\"'[{,#");
  return key != 0 && key != std::string_view::npos &&
         line[std::min(line.find_first_not_of(" \t", key), line.size() - 1)] == '=';
}

}  // namespace

std::optional<std::size_t> unclosed_before(std::string_view text, std::size_t stumbled) {
  stumbled = std::min(stumbled, text.size());
  const std::optional<std::size_t> open = BracketWalk(text).open_at(stumbled);
  if (!open || text[*open] != '[') return open;
  const std::size_t line = text.substr(0, stumbled).rfind('\n') + 1;
  if (*open >= line) return std::nullopt;
  return stumbled == text.size() || begins_statement(text.substr(line)) ? open : std::nullopt;
}

}  // namespace tocsin::toml
