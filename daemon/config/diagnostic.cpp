#include "tocsin/config/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "secrecy.hpp"
#include "tocsin/base/columns.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kWidest = 120;  ///< columns of a line that are shown

std::string line_of(std::string_view text, std::uint32_t number) {
  for (std::uint32_t at = 1; at < number; ++at) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return "";
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return std::string(text);
}

/// One element a character, none of which moves the terminal's cursor but forward.
std::vector<std::string> characters(std::string_view line) {
  std::vector<std::string> all;
  const std::string valid = valid_utf8(line);
  for (const char c : valid) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U && !all.empty()) {
      all.back() += c;
    } else {
      const bool control = byte < 0x20U || byte == 0x7FU;
      all.emplace_back(1, control ? ' ' : c);
    }
  }
  return all;
}

std::string joined(const std::vector<std::string>& all, std::size_t first, std::size_t last) {
  std::string out;
  for (std::size_t at = first; at < last; ++at) out += all[at];
  return out;
}

/// Of a line, with the columns of the terminal that its caret stands in.
struct Excerpt {
  std::string line;
  std::size_t before = 0;
  std::size_t under = 1;
};

/// The part of a long line that the column is in.
Excerpt excerpt(const Diagnostic& diagnostic) {
  const std::vector<std::string> all = characters(diagnostic.source);
  const std::size_t column = std::clamp<std::size_t>(diagnostic.column, 1, all.size() + 1) - 1;
  std::size_t first = 0;
  const bool fits = width_of(joined(all, 0, all.size())) <= kWidest;
  if (!fits && width_of(joined(all, 0, column)) >= kWidest * 3 / 4) {
    first = column;
    while (width_of(joined(all, first - 1, column)) < kWidest / 2) --first;
  }
  std::size_t last = first;
  while (last < all.size() && width_of(joined(all, first, last + 1)) <= kWidest) ++last;
  Excerpt result;
  const std::string lead = (first > 0 ? "…" : "") + joined(all, first, column);
  result.line = lead + joined(all, column, last);
  if (last < all.size()) result.line += "…";
  result.before = width_of(lead);
  const std::size_t end = std::min<std::size_t>(last, column + diagnostic.length);
  if (column < end) result.under = std::max<std::size_t>(1, width_of(joined(all, column, end)));
  return result;
}

}  // namespace

Diagnostic diagnostic_at(const std::vector<File>& files, Level level, Place place,
                         std::string message, std::string hint) {
  Diagnostic result;
  result.level = level;
  if (place.file < files.size()) {
    result.file = files[place.file].name;
    if (place.line > 0) {
      result.source = without_secrets(line_of(files[place.file].text, place.line));
    }
  }
  result.line = place.line;
  result.column = place.column;
  result.length = place.length;
  result.message = std::move(message);
  result.hint = std::move(hint);
  return result;
}

void sort_diagnostics(std::vector<Diagnostic>& diagnostics, const std::vector<File>& files) {
  std::map<std::string_view, std::size_t> order;
  for (const File& file : files) order.emplace(file.name, order.size() + 1);
  const auto key = [&order](const Diagnostic& d) {
    const auto found = order.find(d.file);
    return std::make_tuple(found == order.end() ? 0 : found->second, std::string_view(d.file),
                           d.line, d.column, std::string_view(d.message), std::string_view(d.hint));
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  const auto end =
      std::unique(diagnostics.begin(), diagnostics.end(),
                  [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); });
  diagnostics.erase(end, diagnostics.end());
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.level == Level::error; });
}

std::string render(const Diagnostic& diagnostic) {
  std::string out = printable(diagnostic.file);
  if (diagnostic.line > 0) out += fmt::format(":{}:{}", diagnostic.line, diagnostic.column);
  if (!out.empty()) out += ": ";
  out += diagnostic.level == Level::error ? "error: " : "warning: ";
  out += printable(diagnostic.message) + "\n";
  const std::string hint = printable(diagnostic.hint);
  if (diagnostic.line == 0) {
    if (!hint.empty()) out += "        " + hint + "\n";
    return out;
  }
  const Excerpt shown = excerpt(diagnostic);
  out += fmt::format("{:>5} | {}\n", diagnostic.line, shown.line);
  out += fmt::format("{:>5} | {}^{}", "", std::string(shown.before, ' '),
                     std::string(shown.under - 1, '~'));
  if (!hint.empty()) out += " " + hint;
  return out + "\n";
}

std::string render(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render(diagnostic);
  return out;
}

}  // namespace tocsin::config
