// `name{label="value",…}` as bodies write it, taken apart.
#include <fmt/format.h>

#include <algorithm>

#include "tocsin/base/text.hpp"
#include "tocsin/series/exposition.hpp"

namespace tocsin::series {
namespace {

class SeriesText {
 public:
  SeriesText(std::string_view text, ExpositionFormat format)
      : text_(text), strict_(format == ExpositionFormat::openmetrics) {}

  tl::expected<std::vector<Label>, SeriesFault> parse() {
    const std::string_view name = identifier();
    if (!name.empty() && !is_metric_name(name)) return wrong_at(0, "expected a metric's name");
    if (!name.empty()) add(std::string(kNameLabel), std::string(name));
    blanks();
    if (!done()) {
      if (!take('{')) return wrong("expected a label set");
      while (!error_ && !closed_) read_label();
      if (error_) return tl::unexpected<SeriesFault>(std::move(*error_));
      if (!done()) return wrong("expected the end of the series");
    }
    if (!has(kNameLabel)) return wrong_at(0, "the series has no name");
    return std::move(labels_);
  }

 private:
  void read_label() {
    blanks();
    if (take('}')) {
      // OpenMetrics has no comma before the closing brace.
      if (strict_ && after_comma_) note_at(at_ - 1, "expected a label's name");
      closed_ = true;
      return;
    }
    const std::size_t start = at_;
    const bool quoted = peek() == '"';
    std::string name = quoted ? quoted_text() : std::string(identifier());
    if (error_) return;
    blanks();
    if (quoted && (peek() == ',' || peek() == '}')) {
      // A quoted name that stands alone is the metric's.
      if (has(kNameLabel)) return note_at(start, "the series has two names");
      if (name.empty()) return note_at(start, "the metric's name is empty");
      add(std::string(kNameLabel), std::move(name));
      return next_label();
    }
    if (quoted ? name.empty() : !is_label_name(name)) {
      return note_at(start, "expected a label's name");
    }
    if (name == kNameLabel) return note_at(start, "__name__ is not for bodies to set");
    if (has(name)) return note_at(start, fmt::format("label \"{}\" occurs twice", name));
    if (!take('=')) return note("expected = after the label's name");
    blanks();
    if (peek() != '"') return note("expected the label's value in double quotes");
    std::string value = quoted_text();
    if (error_) return;
    add(std::move(name), std::move(value));
    next_label();
  }

  void next_label() {
    blanks();
    after_comma_ = take(',');
    if (!after_comma_ && peek() != '}') note("expected , or } after the label");
  }

  std::string quoted_text() {
    const std::size_t start = at_;
    ++at_;
    std::string value;
    while (!done() && peek() != '"') {
      char c = text_[at_++];
      if (c == '\\') {
        c = done() ? '\0' : text_[at_++];
        if (c == 'n') {
          c = '\n';
        } else if (c != '\\' && c != '"') {
          --at_;
          note("only \\\\, \\\" and \\n may follow a backslash");
          return {};
        }
      }
      value += c;
    }
    if (!take('"')) {
      note_at(start, "the quotes are not closed");
    } else if (valid_utf8(value) != value) {
      note_at(start, "the text is not valid UTF-8");
    }
    return value;
  }

  std::string_view identifier() {
    const std::size_t start = at_;
    while (!done() && std::string_view(" \t{}=,\"").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (!strict_ && (peek() == ' ' || peek() == '\t')) ++at_;
  }
  [[nodiscard]] bool has(std::string_view name) const {
    return std::any_of(labels_.begin(), labels_.end(),
                       [&](const Label& label) { return label.name == name; });
  }
  void add(std::string name, std::string value) {
    labels_.push_back(Label{std::move(name), std::move(value)});
  }

  void note(std::string_view what) { note_at(at_, what); }
  void note_at(std::size_t at, std::string_view what) {
    if (!error_) error_ = SeriesFault{at, std::string(what)};
  }
  tl::unexpected<SeriesFault> wrong(std::string_view what) { return wrong_at(at_, what); }
  tl::unexpected<SeriesFault> wrong_at(std::size_t at, std::string_view what) {
    note_at(at, what);
    return tl::unexpected<SeriesFault>(*error_);
  }

  std::string_view text_;
  bool strict_;
  std::size_t at_ = 0;
  bool closed_ = false;
  bool after_comma_ = false;
  std::vector<Label> labels_;
  std::optional<SeriesFault> error_;
};

}  // namespace

tl::expected<std::vector<Label>, SeriesFault> read_series_text(std::string_view text,
                                                               ExpositionFormat format) {
  return SeriesText(text, format).parse();
}

Result<std::vector<Label>> parse_series_text(std::string_view text, ExpositionFormat format,
                                             TextPosition position) {
  return read_series_text(text, format).map_error([position](const SeriesFault& fault) {
    return Error{ErrorCode::invalid, fmt::format("line {}, column {}: {}", position.line,
                                                 position.column + fault.offset, fault.text)};
  });
}

}  // namespace tocsin::series
