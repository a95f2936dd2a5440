// Small text work that several rooms need.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] std::string_view trim(std::string_view text);
/// Of ASCII letters; other bytes stay as they are.
[[nodiscard]] std::string lowercase(std::string_view text);
/// Replaces bytes that are no valid UTF-8 by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);
/// At most `max_bytes`, cut at a character's boundary, with "…" at the end where something was cut.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t max_bytes);
/// Every `what`, which is not empty, as `by`.
[[nodiscard]] std::string replaced(std::string_view text, std::string_view what,
                                   std::string_view by);
/// What others say, where they may quote a secret that they were sent: "***" in its place.
[[nodiscard]] std::string without_secret(std::string_view text, std::string_view secret);
/// Whether a reader sees anything of it: not where all of it is blank, or marks without a letter.
[[nodiscard]] bool shows_something(std::string_view text);
/// Control characters (terminal escapes, newlines) become visible: \n, \x1b. For logs and
/// terminals.
[[nodiscard]] std::string printable(std::string_view text);
/// For text and quoted attributes of HTML and XML. Control characters stay as they are.
[[nodiscard]] std::string html_escaped(std::string_view text);
/// The candidate nearest to `word`, or empty where none is near enough to be what was meant: one
/// slip in three letters, and no more than `most_slips`.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates,
                                  std::size_t most_slips = 100);
/// "no rule is called `Hihg`: did you mean `High`?", printable.
[[nodiscard]] std::string nothing_called(std::string_view what, std::string_view name,
                                         std::span<const std::string> names);
/// As nearest() for names and values that others chose, many of which lie near each other: at most
/// two slips, one in a short word, and none in one of two letters.
[[nodiscard]] std::string nearly(std::string_view word, std::span<const std::string> candidates);

}  // namespace tocsin
