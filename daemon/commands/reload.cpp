#include <fmt/format.h>

#include <cstdio>

#include "commands/ask.hpp"

namespace tocsin::commands {

int reload(const Common& common) {
  const auto answer = post(common, "/reload", {}, std::chrono::seconds(45));
  if (!answer) return unreached(answer.error());
  if (common.json) {
    print_json(answer->body);
  } else {
    // Several lines, with carets below them: shown as they are.
    const std::string text = text_of(answer->body, "text");
    fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
  }
  if (answer->status == 200) return well;
  // Also for whoever throws the diagnostics away, as scripts do.
  std::fflush(stdout);
  if (!common.json) fmt::print(stderr, "the reload is refused: what ran before goes on\n");
  return answer->status == 422 ? usage_or_configuration : fires_or_fails;
}

}  // namespace tocsin::commands
