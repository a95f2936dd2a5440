#include "zones.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "files.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::toml {
namespace {

/// Names lead to a file below the folder, and nowhere else.
bool is_zone_name(std::string_view name) {
  const auto allowed = [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= 100 && name.front() != '/' &&
         std::all_of(name.begin(), name.end(), allowed);
}

/// Beside the zones lie the same ones with leap seconds ("right/…") and again without ("posix/…").
bool is_copy(const std::string& name) {
  return name.starts_with("right/") || name.starts_with("posix/");
}

}  // namespace

Result<TimeZone> read_zone(const std::string& name, const std::string& folder) {
  if (name == "UTC") return TimeZone();
  const auto unknown = [&name] {
    return fail(ErrorCode::not_found, "no time zone is called `" + printable(name) + "`");
  };
  // With leap seconds counted, a day would have more seconds than any clock here.
  if (!is_zone_name(name) || is_copy(name)) return unknown();
  const Result<config::File> file = read_file(folder + "/" + name, name);
  if (file) return TimeZone::from_tzif(name, file->text);
  const bool none = file.error().code == ErrorCode::not_found ||
                    file.error().code == ErrorCode::invalid;  // a folder
  if (none) return unknown();
  return tl::unexpected(file.error().within("time zone " + name));
}

std::vector<std::string> zone_names(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    const std::string name = std::filesystem::relative(at->path(), folder, error).string();
    const bool in_it = is_zone_name(name) && !is_copy(name) && name.front() >= 'A' &&
                       name.front() <= 'Z' && at->is_regular_file(error);
    if (in_it) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace tocsin::toml
