#include "commands/roff_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "tocsin/base/columns.hpp"

namespace tocsin::commands {

namespace {

constexpr std::size_t kIndent = 7;
constexpr std::size_t kItemIndent = 14;

void append_point(std::string& out, unsigned point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0U | (point >> 6U));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0U | (point >> 12U));
    out += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (point >> 18U));
    out += static_cast<char>(0x80U | ((point >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  }
}

class RoffReader {
 public:
  RoffReader(std::size_t width, bool colour) : width_(width), colour_(colour) {}

  void line(std::string_view line) {
    if (line.starts_with('.')) {
      const std::size_t end = std::min(line.find(' '), line.size());
      request(line.substr(1, end - 1), line.substr(std::min(line.size(), end + 1)));
    } else if (std::exchange(term_next_, false)) {
      out_ += std::string(kIndent, ' ') + plain(line) + "\n";
    } else if (verbatim_) {
      out_ += std::string(indent_, ' ') + plain(line) + "\n";
    } else {
      paragraph_ += (paragraph_.empty() ? "" : " ") + plain(line);
    }
  }

  [[nodiscard]] std::string text() && {
    flush();
    return std::move(out_);
  }

 private:
  void request(std::string_view name, std::string_view rest) {
    flush();
    if (name == "SH" || name == "SS") {
      indent_ = kIndent;
      const std::string title = plain(unquoted(rest));
      out_ +=
          fmt::format("\n{}{}{}{}\n", name == "SS" ? "   " : "", bold(true), title, bold(false));
    } else if (name == "PP") {
      indent_ = kIndent;
      out_ += "\n";
    } else if (name == "TP") {
      indent_ = kItemIndent;
      term_next_ = true;
      out_ += "\n";
    } else if (name == "IP") {
      indent_ = kItemIndent;
      out_ += "\n";
    } else if (name == "nf" || name == "fi") {
      verbatim_ = name == "nf";
    } else if (name == "RS") {
      indent_ += 4;
    } else if (name == "RE") {
      indent_ -= std::min<std::size_t>(indent_, 4);
    }
  }

  void flush() {
    if (paragraph_.empty()) return;
    out_ += filled(std::exchange(paragraph_, "")) + "\n";
  }

  /// Words into lines of the width; what switches to bold has none.
  [[nodiscard]] std::string filled(const std::string& text) const {
    std::string out(indent_, ' ');
    std::size_t column = indent_;
    std::string_view left = text;
    bool first = true;
    while (!left.empty()) {
      const std::size_t end = std::min(left.find(' '), left.size());
      const std::string_view word = left.substr(0, end);
      left.remove_prefix(std::min(left.size(), end + 1));
      if (word.empty()) continue;
      const std::size_t wide = seen_width(word);
      if (!first && column + 1 + wide > width_) {
        out += "\n" + std::string(indent_, ' ');
        column = indent_;
      } else if (!first) {
        out += " ";
        ++column;
      }
      out += word;
      column += wide;
      first = false;
    }
    return out;
  }

  static std::size_t seen_width(std::string_view word) {
    std::size_t wide = width_of(word);
    for (std::size_t at = word.find('\x1b'); at != std::string_view::npos;
         at = word.find('\x1b', at + 1)) {
      wide -= word.find('m', at) - at + 1;
    }
    return wide;
  }

  static std::string_view unquoted(std::string_view text) {
    return text.size() >= 2 && text.starts_with('"') && text.ends_with('"')
               ? text.substr(1, text.size() - 2)
               : text;
  }

  [[nodiscard]] std::string_view bold(bool on) const {
    if (!colour_) return "";
    return on ? "\x1b[1m" : "\x1b[0m";
  }

  [[nodiscard]] std::string plain(std::string_view text) const {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '\\' || at + 1 == text.size()) {
        out += text[at];
        continue;
      }
      const char kind = text[++at];
      if (kind == 'f') {
        ++at;
        out += bold(at < text.size() && text[at] == 'B');
      } else if (kind == '(') {
        const std::string_view name = text.substr(at + 1, 2);
        at += 2;
        out += name == "aq"   ? "'"
               : name == "ga" ? "`"
               : name == "ha" ? "^"
               : name == "ti" ? "~"
                              : "\"";
      } else if (kind == '[') {
        const std::size_t end = std::min(text.find(']', at), text.size());
        const std::string_view digits = text.substr(at + 2, end - at - 2);
        unsigned point = '?';
        std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
        append_point(out, point);
        at = end;
      } else if (kind == 'e') {
        out += '\\';
      } else if (kind != '&') {
        out += kind;
      }
    }
    return out;
  }

  std::size_t width_;
  bool colour_;
  std::string out_;
  std::string paragraph_;
  std::size_t indent_ = kIndent;
  bool verbatim_ = false;
  bool term_next_ = false;
};

}  // namespace

std::string text_of_roff(std::string_view page, std::size_t width, bool colour) {
  RoffReader reader(width, colour);
  while (!page.empty()) {
    const std::size_t end = std::min(page.find('\n'), page.size());
    reader.line(page.substr(0, end));
    page.remove_prefix(std::min(page.size(), end + 1));
  }
  return std::move(reader).text();
}

}  // namespace tocsin::commands
