// Lists of words that stand in one text, as in the key table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::config {

[[nodiscard]] inline std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    if (end != 0) all.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return all;
}

/// "a, b or c", each in backquotes.
[[nodiscard]] inline std::string listed(const std::vector<std::string>& all,
                                        std::string_view last = " or ") {
  std::string out;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (at > 0) out += at + 1 == all.size() ? std::string(last) : ", ";
    out += "`" + all[at] + "`";
  }
  return out;
}

}  // namespace tocsin::config
