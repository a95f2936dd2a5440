#include "tocsin/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "utf8.hpp"

namespace tocsin {

namespace {

/// Characters that change how what follows is shown, and show nothing themselves.
bool is_deceptive(std::uint32_t code) {
  return (code >= 0x80 && code <= 0x9f) || code == 0xad || code == 0x61c || code == 0x180e ||
         (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x2069) || code == 0xfeff ||
         (code >= 0xe0000 && code <= 0xe007f);
}

/// White space, letters that are shown as nothing, marks that belong to another letter.
bool is_blank(std::uint32_t code) {
  return code <= 0x20 || code == 0x7f || code == 0xa0 || (code >= 0x300 && code <= 0x36f) ||
         code == 0x115f || code == 0x1160 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
         code == 0x202f || code == 0x205f || code == 0x2800 || code == 0x3000 || code == 0x3164 ||
         (code >= 0xfe00 && code <= 0xfe0f) || code == 0xffa0;
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string lowercase(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string out;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what)) {
    out.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + what.size());
  }
  return out.append(text);
}

std::string without_secret(std::string_view text, std::string_view secret) {
  return secret.empty() ? std::string(text) : replaced(text, secret, "***");
}

bool shows_something(std::string_view text) {
  while (!text.empty()) {
    const Character next = character(text);
    if (next.length > 0 && !is_blank(next.code) && !is_deceptive(next.code)) return true;
    text.remove_prefix(std::max<std::size_t>(next.length, 1));
  }
  return false;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const auto ascii = std::ranges::find_if(text, [](char c) { return (c & 0x80) != 0; });
    valid.append(text.begin(), ascii);
    text.remove_prefix(static_cast<std::size_t>(ascii - text.begin()));
    if (text.empty()) break;
    const Character next = character(text);
    valid += next.length == 0 ? std::string_view("\ufffd") : text.substr(0, next.length);
    text.remove_prefix(std::max<std::size_t>(next.length, 1));
  }
  return valid;
}

std::string shortened(std::string_view text, std::size_t max_bytes) {
  constexpr std::string_view kEllipsis = "…";
  if (text.size() <= max_bytes) return std::string(text);
  const bool room = max_bytes >= kEllipsis.size();
  std::size_t end = room ? max_bytes - kEllipsis.size() : max_bytes;
  // Back to the start of the character that the cut would split.
  while (end > 0 && (byte_at(text, end) & 0xc0U) == 0x80) --end;
  std::string cut(text.substr(0, end));
  if (room) cut += kEllipsis;
  return cut;
}

std::string printable(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  while (!text.empty()) {
    const Character next = character(text);
    const std::size_t length = std::max<std::size_t>(next.length, 1);
    if (next.length == 0) {
      visible += fmt::format("\\x{:02x}", byte_at(text, 0));
    } else if (next.code == '\n') {
      visible += "\\n";
    } else if (next.code == '\r') {
      visible += "\\r";
    } else if (next.code == '\t') {
      visible += "\\t";
    } else if (next.code < 0x20 || next.code == 0x7f) {
      visible += fmt::format("\\x{:02x}", next.code);
    } else if (is_deceptive(next.code)) {
      visible += fmt::format("\\u{:04x}", next.code);
    } else {
      visible += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return visible;
}

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates,
                    std::size_t most_slips) {
  constexpr std::size_t kLongest = 100;  // beyond that nobody mistyped one word
  if (word.empty() || word.size() > kLongest) return {};
  std::size_t best_distance = std::min(most_slips, std::max<std::size_t>(1, word.size() / 3)) + 1;
  std::string best;
  std::vector<std::size_t> row(word.size() + 1);
  std::vector<std::size_t> before(word.size() + 1);
  std::vector<std::size_t> two_before(word.size() + 1);
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const std::size_t longer = std::max(candidate.size(), word.size());
    if (longer - std::min(candidate.size(), word.size()) > best_distance) continue;
    // Optimal string alignment: a swap of neighbours is one slip, not two.
    std::iota(before.begin(), before.end(), std::size_t{0});
    for (std::size_t i = 1; i <= candidate.size(); ++i) {
      row[0] = i;
      for (std::size_t j = 1; j <= word.size(); ++j) {
        const std::size_t change = candidate[i - 1] == word[j - 1] ? 0 : 1;
        row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + change});
        if (i > 1 && j > 1 && candidate[i - 1] == word[j - 2] && candidate[i - 2] == word[j - 1]) {
          row[j] = std::min(row[j], two_before[j - 2] + 1);
        }
      }
      std::swap(two_before, before);
      std::swap(before, row);
      // A swap looks two rows back: only when both are too far is the rest.
      const std::size_t least =
          std::min(*std::ranges::min_element(before), *std::ranges::min_element(two_before));
      if (least > best_distance) break;
    }
    const std::size_t distance = before[word.size()];
    // Of two that are equally near, the one that the word is the beginning of.
    const bool completes = !best.empty() && candidate.starts_with(word) && !best.starts_with(word);
    if (distance < best_distance || (distance == best_distance && completes)) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string nothing_called(std::string_view what, std::string_view name,
                           std::span<const std::string> names) {
  const std::string meant = nearest(name, names);
  std::string out = "no " + std::string(what) + " is called `" + printable(name) + "`";
  if (!meant.empty()) out += ": did you mean `" + printable(meant) + "`?";
  return out;
}

std::string nearly(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t kLeast = 3;
  constexpr std::size_t kTwoSlipsFrom = 4;
  if (word.size() < kLeast) return {};
  return nearest(word, candidates, word.size() < kTwoSlipsFrom ? 1 : 2);
}

}  // namespace tocsin
