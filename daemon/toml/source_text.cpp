#include "source_text.hpp"

#include <algorithm>

namespace tocsin::toml {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Reads a TOML string's source beside what it was decoded to.
class Walk {
 public:
  Walk(std::string_view source, std::uint32_t line, std::uint32_t column, std::string_view decoded)
      : source_(source), decoded_(decoded), line_(line), column_(column) {}

  std::vector<config::Stretch> run() {
    if (source_.empty() || (source_[0] != '"' && source_[0] != '\'')) return {};
    const char quote = source_[0];
    const bool multi = source_.starts_with(std::string(3, quote));
    skip(multi ? 3 : 1);
    if (multi) line_break();
    mark();
    while (done_ < decoded_.size()) {
      if (at_ >= source_.size() || !(quote == '"' && source_[at_] == '\\' ? escape() : plain())) {
        return {};
      }
    }
    return std::move(found_);
  }

 private:
  void mark() { found_.push_back({done_, line_, column_}); }

  /// Passes bytes of the source that stand in one line.
  void skip(std::size_t bytes) {
    for (; bytes > 0 && at_ < source_.size(); --bytes, ++at_) {
      if (!continues(source_[at_])) ++column_;
    }
  }

  bool line_break() {
    const std::size_t bytes = source_.substr(at_).starts_with("\r\n") ? 2
                              : source_.substr(at_).starts_with("\n") ? 1
                                                                      : 0;
    if (bytes == 0) return false;
    at_ += bytes;
    ++line_;
    column_ = 1;
    return true;
  }

  bool plain() {
    const bool carriage = decoded_[done_] == '\r';
    if (source_[at_] == '\n' || source_.substr(at_).starts_with("\r\n")) {
      if (!carriage && decoded_[done_] != '\n') return false;
      (void)line_break();
      done_ += carriage ? 2 : 1;
      mark();
      return true;
    }
    if (source_[at_] != decoded_[done_]) return false;
    skip(1);
    ++done_;
    return true;
  }

  /// An escape is a stretch of its own: all of its bytes stand at its backslash.
  bool escape() {
    if (at_ + 1 >= source_.size()) return false;
    const char kind = source_[at_ + 1];
    if (kind == ' ' || kind == '\t' || kind == '\r' || kind == '\n') {
      skip(1);
      while (at_ < source_.size() && (source_[at_] == ' ' || source_[at_] == '\t' ||
                                      source_[at_] == '\r' || source_[at_] == '\n')) {
        if (!line_break()) skip(1);
      }
      mark();
      return true;
    }
    mark();
    skip(kind == 'u' ? 6 : kind == 'U' ? 10 : kind == 'x' ? 4 : 2);
    ++done_;
    while (done_ < decoded_.size() && continues(decoded_[done_])) ++done_;
    mark();
    return true;
  }

  std::string_view source_;
  std::string_view decoded_;
  std::uint32_t line_;
  std::uint32_t column_;
  std::size_t at_ = 0;    ///< in the source
  std::size_t done_ = 0;  ///< in what it was decoded to
  std::vector<config::Stretch> found_;
};

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text) {
  lines_.push_back(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') lines_.push_back(at + 1);
  }
}

std::size_t SourceText::offset(std::uint32_t line, std::uint32_t column) const {
  if (line == 0 || line > lines_.size()) return text_.size();
  std::size_t at = lines_[line - 1];
  for (std::uint32_t passed = 1; passed < column && at < text_.size(); ++passed) {
    ++at;
    while (at < text_.size() && continues(text_[at])) ++at;
  }
  return at;
}

config::Place SourceText::place(std::size_t offset) const {
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), offset);
  const auto line = static_cast<std::uint32_t>(std::distance(lines_.begin(), after));
  config::Place place;
  place.line = std::max(1U, line);
  place.column = 1;
  for (std::size_t at = lines_[place.line - 1]; at < offset && at < text_.size(); ++at) {
    if (!continues(text_[at])) ++place.column;
  }
  return place;
}

std::uint32_t SourceText::rest_of_line(std::uint32_t line, std::uint32_t column) const {
  std::uint32_t count = 0;
  for (std::size_t at = offset(line, column); at < text_.size() && text_[at] != '\n'; ++at) {
    if (text_[at] != '\r' && !continues(text_[at])) ++count;
  }
  return std::max(1U, count);
}

std::vector<config::Stretch> SourceText::stretches(std::uint32_t line, std::uint32_t column,
                                                   std::string_view decoded) const {
  return Walk(text_.substr(offset(line, column)), line, column, decoded).run();
}

}  // namespace tocsin::toml
