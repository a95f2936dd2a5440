#include "files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "loop/file.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::toml {
namespace {

constexpr std::size_t kLargest = 4U << 20U;

}  // namespace

Result<config::File> read_file(const std::string& path, std::string name) {
  Result<loop::FileContent> content = loop::read_file(path, kLargest);
  if (!content) return tl::unexpected(content.error());
  config::File result;
  result.name = std::move(name);
  result.text = std::move(content->text);
  result.writable_by_others = content->writable_by_others;
  return result;
}

Result<std::vector<std::string>> toml_files(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  if (error == std::errc::no_such_file_or_directory) return paths;
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".toml") && !name.starts_with('.')) paths.push_back(at->path().string());
  }
  if (error) return fail(ErrorCode::unavailable, error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> passed_over(const std::string& folder) {
  constexpr std::array<std::string_view, 7> kMeant = {".toml", ".tml",  ".conf", ".cfg",
                                                      ".ini",  ".yaml", ".yml"};
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    const std::string ending = lowercase(at->path().extension().string());
    const bool meant = std::find(kMeant.begin(), kMeant.end(), ending) != kMeant.end();
    if (meant && !name.ends_with(".toml") && !name.starts_with('.')) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool writable_by_others(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IWOTH) != 0;
}

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

std::string stem(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

}  // namespace tocsin::toml
