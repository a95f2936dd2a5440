#include "tocsin/series/exposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::series {
namespace {

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool is_name_char(char c) {
  return is_name_start(c) || (c >= '0' && c <= '9');
}
bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kEof = "# EOF";
constexpr std::array<std::string_view, 5> kTextTypes = {"counter", "gauge", "histogram", "summary",
                                                        "untyped"};
constexpr std::array<std::string_view, 8> kOpenMetricsTypes = {
    "counter", "gauge", "histogram", "gaugehistogram", "stateset", "info", "summary", "unknown"};

std::string shown(std::string_view text) {
  return printable(shortened(text, 40));
}

bool starts_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  return std::equal(lower.begin(), lower.end(), text.begin(), [](char l, char c) {
    return l == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  });
}

/// `[…`, `{}` or `{"key":`; a label set may begin with a quoted name, but no colon follows it.
bool looks_like_json(std::string_view text) {
  if (text.front() == '[') return true;
  if (text.front() != '{') return false;
  const std::size_t inside = text.find_first_not_of(kSpace, 1);
  if (inside == std::string_view::npos) return false;
  if (text[inside] == '}') return true;
  if (text[inside] != '"') return false;
  const std::size_t close = text.find('"', inside + 1);
  if (close == std::string_view::npos) return false;
  const std::size_t after = text.find_first_not_of(kSpace, close + 1);
  return after != std::string_view::npos && text[after] == ':';
}

/// Bodies of another kind, by their first bytes: a name for them helps more than a column.
std::string_view other_kind(std::string_view body) {
  if (body.substr(0, 2) == "\x1f\x8b") return "the body is gzip, which was not asked for";
  const std::size_t start = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (start == std::string_view::npos) return "";
  const std::string_view text = body.substr(start);
  if (starts_ignoring_case(text, "<!doctype html") || starts_ignoring_case(text, "<html")) {
    return "the body is an HTML page, not metrics";
  }
  if (text.front() == '<') return "the body is HTML or XML, not metrics";
  return looks_like_json(text) ? "the body is JSON, not metrics" : "";
}

/// OpenMetrics lets the last line feed be left out behind # EOF.
bool ends_with_eof(std::string_view body) {
  return body.size() >= kEof.size() && body.substr(body.size() - kEof.size()) == kEof;
}

}  // namespace

bool is_metric_name(std::string_view text) {
  return !text.empty() && is_name_start(text.front()) &&
         std::all_of(text.begin(), text.end(), is_name_char);
}

bool is_label_name(std::string_view text) {
  return is_metric_name(text) && text.find(':') == std::string_view::npos;
}

ExpositionReader::ExpositionReader(std::string_view body, ExpositionFormat format)
    : body_(body), format_(format) {
  const std::string_view kind = other_kind(body);
  if (!kind.empty()) {
    error_ = Error{ErrorCode::invalid, std::string(kind)};
  } else if (!body.empty() && body.back() != '\n' && !(open_metrics() && ends_with_eof(body))) {
    const auto lines = static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n'));
    const std::size_t last = body.rfind('\n');
    line_ = lines + 1;
    line_start_ = last == std::string_view::npos ? 0 : last + 1;
    wrong_at(body.size(), "the last line has no line feed: the body was cut off");
  }
}

bool ExpositionReader::wrong_at(std::size_t at, std::string_view what) {
  error_ = Error{ErrorCode::invalid,
                 fmt::format("line {}, column {}: {}", line_, at - line_start_ + 1, what)};
  return false;
}

bool ExpositionReader::next(ExpositionSample& out, std::string_view hint) {
  while (!error_ && next_line_ < body_.size()) {
    line_start_ = at_ = next_line_;
    const void* end = std::memchr(body_.data() + at_, '\n', body_.size() - at_);
    line_end_ = end == nullptr
                    ? body_.size()
                    : static_cast<std::size_t>(static_cast<const char*>(end) - body_.data());
    next_line_ = line_end_ + 1;
    ++line_;
    if (ended_) return wrong("there is something after # EOF");
    if (open_metrics()) {
      if (at_line_end()) return wrong("OpenMetrics knows no empty lines");
    } else {
      skip_blanks();
      if (at_line_end()) continue;
    }
    if (body_[at_] != '#') return read_sample(out, hint);
    if (!read_comment()) return false;
  }
  if (!error_ && open_metrics() && !ended_) {
    error_ = Error{ErrorCode::invalid,
                   fmt::format("line {}, column 1: the body ends without # EOF", line_ + 1)};
  }
  return false;
}

std::string_view ExpositionReader::word() {
  const std::size_t start = at_;
  while (!at_line_end() && !is_blank(body_[at_])) ++at_;
  return body_.substr(start, at_ - start);
}

void ExpositionReader::skip_blanks() {
  while (!at_line_end() && is_blank(body_[at_])) ++at_;
}

/// In the text format any number of blanks, in OpenMetrics exactly one space.
bool ExpositionReader::separator(std::string_view before) {
  if (at_line_end() || !is_blank(body_[at_])) {
    return wrong(fmt::format("expected a space before {}", before));
  }
  if (!open_metrics()) {
    skip_blanks();
    return true;
  }
  if (body_[at_] != ' ') return wrong("OpenMetrics separates with a space, not with a tab");
  ++at_;
  if (!at_line_end() && is_blank(body_[at_])) {
    return wrong("OpenMetrics separates with a single space");
  }
  return true;
}

bool ExpositionReader::read_comment() {
  const std::size_t start = at_;
  ++at_;
  if (open_metrics()) {
    if (body_.substr(start, line_end_ - start) == kEof) {
      ended_ = true;
      return true;
    }
    if (!separator("HELP, TYPE, UNIT or EOF")) return false;
  } else {
    skip_blanks();
  }
  const std::size_t keyword_at = at_;
  const std::string_view keyword = word();
  const bool metadata =
      keyword == "HELP" || keyword == "TYPE" || (keyword == "UNIT" && open_metrics());
  if (metadata) return read_metadata(keyword);
  if (!open_metrics()) return true;  // any other comment
  return wrong_at(keyword_at, "OpenMetrics knows # HELP, # TYPE, # UNIT and # EOF, no other lines");
}

bool ExpositionReader::read_metadata(std::string_view keyword) {
  if (!separator("the metric's name")) return false;
  const std::size_t name_at = at_;
  std::string_view name;
  if (!at_line_end() && body_[at_] == '"') {
    const std::size_t close = body_.substr(0, line_end_).find('"', at_ + 1);
    if (close == std::string_view::npos) return wrong("the quoted name does not end");
    at_ = close + 1;
  } else {
    name = word();
    if (!is_metric_name(name)) {
      return wrong_at(name_at, fmt::format("\"{}\" is no metric name", shown(name)));
    }
  }
  if (keyword != "TYPE") return true;  // help and unit are free text, and may be empty
  if (!separator("the metric's type")) return false;
  const std::size_t type_at = at_;
  const std::string_view type = word();
  const bool known =
      open_metrics() ? std::find(kOpenMetricsTypes.begin(), kOpenMetricsTypes.end(), type) !=
                           kOpenMetricsTypes.end()
                     : std::find(kTextTypes.begin(), kTextTypes.end(), type) != kTextTypes.end();
  if (!known) return wrong_at(type_at, fmt::format("\"{}\" is no metric type", shown(type)));
  return finish();
}

bool ExpositionReader::finish() {
  if (!open_metrics()) skip_blanks();
  if (at_line_end()) return true;
  return wrong(fmt::format("expected the end of the line, not \"{}\"",
                           body_[at_] == '\r' ? "\\r" : shown(body_.substr(at_, line_end_ - at_))));
}

bool ExpositionReader::read_sample(ExpositionSample& out, std::string_view hint) {
  const std::size_t start = at_;
  out.position = {line_, start - line_start_ + 1};
  if (!read_series(hint, out.as_hinted)) return false;
  out.series = body_.substr(start, at_ - start);
  if (!separator("the value") || !read_value(out.value)) return false;
  if (!open_metrics()) {
    skip_blanks();
    return at_line_end() || (read_timestamp() && finish());
  }
  if (at_line_end()) return true;
  if (!separator("the timestamp")) return false;
  if (!at_line_end() && body_[at_] != '#') {
    if (!read_timestamp()) return false;
    if (at_line_end()) return true;
    if (!separator("the exemplar")) return false;
  }
  return read_exemplar() && finish();
}

bool ExpositionReader::read_series(std::string_view hint, bool& as_hinted) {
  as_hinted = false;
  const std::string_view rest = body_.substr(at_, line_end_ - at_);
  if (!hint.empty() && rest.substr(0, hint.size()) == hint) {
    std::size_t after = hint.size();
    while (after < rest.size() && is_blank(rest[after])) ++after;
    // A name alone may go on: as a longer name, or with a label set behind blanks.
    const bool complete =
        after > hint.size() && (hint.back() == '}' || after == rest.size() || rest[after] != '{');
    if (complete) {
      at_ += hint.size();
      as_hinted = true;
      return true;
    }
  }
  const char first = body_[at_];
  if (first != '{' && !is_name_start(first)) {
    return wrong(fmt::format("expected a metric's name, not \"{}\"", shown(rest)));
  }
  while (!at_line_end() && is_name_char(body_[at_])) ++at_;
  std::size_t ahead = at_;
  if (!open_metrics()) {
    while (ahead < line_end_ && is_blank(body_[ahead])) ++ahead;
  }
  if (ahead >= line_end_ || body_[ahead] != '{') return true;
  at_ = ahead;
  return skip_label_set();
}

/// Only to where it ends; parse_series_text looks at what is in it.
bool ExpositionReader::skip_label_set() {
  const std::size_t open = at_;
  bool quoted = false;
  for (++at_; !at_line_end(); ++at_) {
    const char c = body_[at_];
    if (quoted && c == '\\') {
      ++at_;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '}' && !quoted) {
      ++at_;
      return true;
    }
  }
  at_ = line_end_;
  return wrong_at(open, quoted ? "a label's value has no closing quote on this line"
                               : "the label set has no closing brace on this line");
}

bool ExpositionReader::read_value(double& value) {
  const std::size_t start = at_;
  const std::string_view text = word();
  const Result<double> number = parse_number(text);
  if (!number) {
    return wrong_at(start, text.empty() ? std::string("expected the value")
                                        : fmt::format("\"{}\" is no number", shown(text)));
  }
  value = *number;
  return true;
}

bool ExpositionReader::read_timestamp() {
  const std::size_t start = at_;
  const std::string_view text = word();
  bool good = false;
  if (open_metrics()) {
    const Result<double> seconds = parse_number(text);
    good = seconds.has_value() && *seconds - *seconds == 0;  // neither NaN nor infinite
  } else {
    const std::string_view digits = !text.empty() && text.front() == '-' ? text.substr(1) : text;
    good = !digits.empty() && digits.size() <= 18 &&
           std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  }
  return good || wrong_at(start, fmt::format("\"{}\" is no timestamp", shown(text)));
}

bool ExpositionReader::read_exemplar() {
  if (body_.substr(at_, 3) != "# {") return wrong("expected an exemplar: # {labels} value");
  at_ += 2;
  const std::size_t start = at_;
  if (!skip_label_set()) return false;
  const std::string_view labels = body_.substr(start, at_ - start);
  // An exemplar's labels are written as a series' are, but without a name.
  const auto parsed = parse_series_text(std::string("x").append(labels), format_);
  if (!parsed) return wrong_at(start, "the exemplar's labels are malformed");
  double ignored = 0;
  if (!separator("the exemplar's value") || !read_value(ignored)) return false;
  return at_line_end() || (separator("the exemplar's timestamp") && read_timestamp());
}

}  // namespace tocsin::series
