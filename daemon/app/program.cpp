#include "app/program.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "app/options.hpp"

namespace tocsin::app {

namespace {

namespace fs = std::filesystem;

/// For a shell; paths hardly ever need it.
std::string shell_word(const std::string& text) {
  const bool plain = text.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+:@-") ==
                     std::string::npos;
  if (plain && !text.empty()) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

/// The first of that name on the path is this very program.
bool on_path(const fs::path& self) {
  const char* const path = std::getenv("PATH");
  std::string_view left = path == nullptr ? "" : path;
  std::error_code error;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(':'), left.size());
    const fs::path candidate = fs::path(left.substr(0, end)) / "tocsin";
    if (end > 0 && fs::exists(candidate, error)) return fs::equivalent(candidate, self, error);
    left.remove_prefix(std::min(left.size(), end + 1));
  }
  return false;
}

}  // namespace

std::string program_for(const std::string& socket) {
  std::error_code error;
  const std::string place = fs::absolute(socket, error).lexically_normal().string();
  if (place == configured_socket(RunOptions().folder)) return "tocsin";
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const std::string program = self.empty() || on_path(self) ? "tocsin" : shell_word(self.string());
  return program + " --socket " + shell_word(place);
}

}  // namespace tocsin::app
