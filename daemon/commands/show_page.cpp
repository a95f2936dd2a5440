#include "commands/show_page.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "commands/roff_text.hpp"
#include "commands/table.hpp"
#include "commands/terminal.hpp"

namespace tocsin::commands {

namespace {

constexpr std::size_t kWidestPage = 100;

bool is_there(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::string_view left = path == nullptr ? "" : path;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(':'), left.size());
    const std::string candidate = std::string(left.substr(0, end)) + "/" + program;
    if (access(candidate.c_str(), X_OK) == 0) return true;
    left.remove_prefix(std::min(left.size(), end + 1));
  }
  return false;
}

/// False where the program could not be run at all. One that a person ended has shown it.
bool shown_by(const char* command, const std::string& page) {
  FILE* const pipe = popen(command, "w");  // NOLINT(cert-env33-c): a constant of ours
  if (pipe == nullptr) return false;
  std::fwrite(page.data(), 1, page.size(), pipe);
  const int status = pclose(pipe);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

void show_page(const std::string& page) {
  if (!on_terminal()) {
    fmt::print("{}", page);
    return;
  }
  // A minimal system has a `man` that only says that there are no man pages: it cannot format.
  const bool man = is_there("man") && (is_there("groff") || is_there("nroff"));
  if (man && shown_by("man -l -", page)) return;
  if (is_there("mandoc") && shown_by("mandoc -a", page)) return;
  fmt::print("{}", text_of_roff(page, std::min(kWidestPage, terminal_width()), colour_wanted()));
}

}  // namespace tocsin::commands
