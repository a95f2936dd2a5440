#include "commands/roff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "commands/wrapped.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

/// The code point that begins at `at`, which moves behind it. The text is valid UTF-8.
unsigned decode(std::string_view text, std::size_t& at) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  const std::size_t more = first >= 0xF0U ? 3 : first >= 0xE0U ? 2 : 1;
  unsigned point = first & (0x3FU >> more);
  for (std::size_t i = 1; i <= more && at + i < text.size(); ++i)
    point = (point << 6U) | (byte(at + i) & 0x3FU);
  at += more + 1;
  return point;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if ((static_cast<unsigned char>(c) & 0x80U) != 0) {
      const unsigned point = decode(text, at);
      // groff knows no ellipsis on a terminal without UTF-8, and warns of it.
      out += point == 0x2026 ? "..." : fmt::format("\\[u{:04X}]", point);
      continue;
    }
    ++at;
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '"':
        out += "\\(dq";
        break;
      default:
        out += c;
    }
  }
  return out.starts_with('.') ? "\\&" + out : out;
}

std::string marked(std::string_view text) {
  std::string out;
  bool bold = false;
  while (true) {
    const std::size_t tick = text.find('`');
    const std::string part = escaped(text.substr(0, tick));
    out += part;
    if (tick == std::string_view::npos) break;
    out += bold ? "\\fR" : "\\fB";
    bold = !bold;
    text.remove_prefix(tick + 1);
  }
  return bold ? out + "\\fR" : out;
}

/// One sentence a line, as roff likes it, and none longer than lines should be.
std::string lines(std::string_view text) {
  std::string marks = marked(valid_utf8(trim(text)));
  for (std::size_t at = marks.find(". "); at != std::string::npos; at = marks.find(". ", at + 1)) {
    const bool ends = at + 2 < marks.size() && marks[at + 2] >= 'A' && marks[at + 2] <= 'Z';
    if (ends) marks[at + 1] = '\n';
  }
  std::string out;
  for (std::string_view left = marks; !left.empty();) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    out += wrapped(left.substr(0, end), 0) + "\n";
    left.remove_prefix(std::min(left.size(), end + 1));
  }
  // A point at the beginning of a line would make it a macro.
  for (std::size_t at = out.find("\n."); at != std::string::npos; at = out.find("\n.", at + 1))
    out.insert(at + 1, "\\&");
  return out;
}

}  // namespace

Roff::Roff(std::string_view name, int section, std::string_view date, std::string_view source,
           std::string_view manual)
    : text_(fmt::format(".TH \"{}\" \"{}\" \"{}\" \"{}\" \"{}\"\n.nh\n.ad l\n", escaped(name),
                        section, date, escaped(source), escaped(manual))) {}

void Roff::section(std::string_view title) {
  text_ += fmt::format(".SH \"{}\"\n", escaped(title));
  fresh_ = true;
}

void Roff::subsection(std::string_view title) {
  text_ += fmt::format(".SS \"{}\"\n", escaped(title));
  fresh_ = true;
}

void Roff::paragraph(std::string_view text) {
  if (!std::exchange(fresh_, false)) text_ += ".PP\n";
  text_ += lines(text);
}

void Roff::item(std::string_view term, std::string_view text) {
  text_ += fmt::format(".TP\n\\fB{}\\fR\n{}", escaped(valid_utf8(term)), lines(text));
  fresh_ = false;
}

void Roff::item_paragraph(std::string_view text) {
  text_ += ".IP\n" + lines(text);
}

void Roff::verbatim(std::string_view text) {
  fresh_ = false;
  text_ += ".RS 4\n.nf\n";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line = escaped(valid_utf8(text.substr(0, end)));
    text_ += line.empty() ? "\\&\n" : line + "\n";
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  text_ += ".fi\n.RE\n";
}

void Roff::prose(std::string_view text) {
  std::string block;
  bool shown = false;
  const auto flush = [this, &block, &shown] {
    while (block.ends_with('\n')) block.pop_back();
    if (block.empty()) return;
    if (shown) {
      if (!fresh_) text_ += ".PP\n";
      verbatim(block);
    } else {
      paragraph(block);
    }
    block.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const bool blank = trim(line).empty();
    const bool code = line.starts_with("    ");
    if (!blank && code != shown) {
      flush();
      shown = code;
    }
    if (blank && !shown) flush();
    if (shown) {
      block += fmt::format("{}\n", blank ? "" : line.substr(4));
    } else if (!blank) {
      block += fmt::format("{}\n", line);
    }
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  flush();
}

}  // namespace tocsin::commands
