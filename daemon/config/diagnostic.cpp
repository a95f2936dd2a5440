#include "tocsin/config/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "secrecy.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kWidest = 120;  ///< characters of a line that are shown

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

/// One element a character, each as wide as a space, so that the caret stands under its column.
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

struct Excerpt {
  std::string line;
  std::size_t column = 1;
  std::size_t length = 1;
};

/// The part of a long line that the column is in.
Excerpt excerpt(const Diagnostic& diagnostic) {
  const std::vector<std::string> all = characters(diagnostic.source);
  const std::size_t column = std::min<std::size_t>(diagnostic.column, all.size() + 1);
  std::size_t first = 0;
  if (all.size() > kWidest && column > kWidest * 3 / 4) first = column - kWidest / 2;
  const std::size_t last = std::min(all.size(), first + kWidest);
  Excerpt result;
  if (first > 0) result.line = "…";
  for (std::size_t at = first; at < last; ++at) result.line += all[at];
  if (last < all.size()) result.line += "…";
  result.column = column - first + (first > 0 ? 1 : 0);
  const std::size_t room = last + 1 > column ? last + 1 - column : 1;
  result.length = std::max<std::size_t>(1, std::min<std::size_t>(diagnostic.length, room));
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
    return std::make_tuple(found == order.end() ? 0 : found->second, d.line, d.column,
                           std::string_view(d.message), std::string_view(d.hint));
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
  out += fmt::format("{:>5} | {:>{}}{}", "", '^', shown.column, std::string(shown.length - 1, '~'));
  if (!hint.empty()) out += " " + hint;
  return out + "\n";
}

std::string render(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render(diagnostic);
  return out;
}

}  // namespace tocsin::config
