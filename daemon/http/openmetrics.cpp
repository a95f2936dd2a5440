// Text 0.0.4 to OpenMetrics 1.0, line by line.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "http/exposition.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::http {

namespace {

constexpr std::string_view kCounterSuffix = "_total";

std::string_view word(std::string_view& rest) {
  rest = trim(rest);
  const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view first = rest.substr(0, end);
  rest.remove_prefix(end);
  return first;
}

/// HELP of 0.0.4 escapes backslash and line feed; OpenMetrics the quote as well.
std::string help_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') out += '\\';
    out += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) out += text[++i];
  }
  return out;
}

/// Where the value of a sample line begins: behind its name and labels.
std::size_t value_begins(std::string_view line) {
  const std::size_t brace = line.find('{');
  const std::size_t blank = line.find_first_of(" \t");
  if (brace == std::string_view::npos || blank < brace) return blank;
  bool quoted = false;
  for (std::size_t i = brace; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == '}' && !quoted) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

class Converter {
 public:
  void line(std::string_view text) {
    text = trim(text);
    if (text.empty()) return;
    if (text.front() != '#') {
      head();
      sample(text);
      return;
    }
    text.remove_prefix(1);
    const std::string_view keyword = word(text);
    if (keyword != "HELP" && keyword != "TYPE") return;
    const std::string_view name = word(text);
    if (name != name_) {
      head();
      name_ = name;
    }
    (keyword == "HELP" ? help_ : type_) = trim(text);
  }

  [[nodiscard]] std::string take() {
    head();
    return std::move(out_);
  }

 private:
  /// HELP and TYPE may come in either order, and the family's name hangs on the type: both are
  /// written before the first sample.
  void head() {
    if (name_.empty()) return;
    std::string_view name = name_;
    std::string_view type = type_;
    if (type.empty() || type == "untyped") type = "unknown";
    if (type == "counter") {
      if (name.ends_with(kCounterSuffix)) {
        name.remove_suffix(kCounterSuffix.size());
      } else {
        type = "unknown";
      }
    }
    if (!help_.empty()) out_ += fmt::format("# HELP {} {}\n", name, help_text(help_));
    out_ += fmt::format("# TYPE {} {}\n", name, type);
    name_.clear();
    help_.clear();
    type_.clear();
  }

  void sample(std::string_view line) {
    const std::size_t begins = value_begins(line);
    if (begins == std::string_view::npos) return;
    std::string_view rest = line.substr(begins);
    const std::string_view value = word(rest);
    const std::string_view stamp = trim(rest);
    out_ += line.substr(0, begins);
    out_ += ' ';
    out_ += value;
    if (const auto ms = parse_number(stamp); !stamp.empty() && ms)
      out_ += fmt::format(" {}", format_number(*ms / 1000));
    out_ += '\n';
  }

  std::string out_;
  std::string name_;
  std::string help_;
  std::string type_;
};

}  // namespace

std::string openmetrics_from_text(std::string_view text) {
  Converter converter;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    converter.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return converter.take();
}

}  // namespace tocsin::http
