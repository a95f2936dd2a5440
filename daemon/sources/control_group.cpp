#include "sources/control_group.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "loop/file.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

constexpr std::size_t kGroupFileMost = 64U << 10U;

std::optional<std::string> group_text(const std::string& path) {
  auto content = loop::read_file(path, kGroupFileMost);
  return content ? std::optional(std::move(content->text)) : std::nullopt;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  text = trim(text);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

std::optional<std::uint64_t> number_file(const std::string& path) {
  const auto text = group_text(path);
  return text ? number_of(*text) : std::nullopt;
}

/// The number after a word at a line's begin.
std::optional<std::uint64_t> number_at(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(word) && line.size() > word.size() && line[word.size()] == ' ') {
      return number_of(line.substr(word.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> without_cache(std::optional<std::uint64_t> used,
                                           const std::string& stat_file, std::string_view word) {
  if (!used) return std::nullopt;
  const auto stat = group_text(stat_file);
  const auto cache = stat ? number_at(*stat, word) : std::nullopt;
  return *used - std::min(*used, cache.value_or(0));
}

}  // namespace

UnitUse read_control_group(const std::string& root, const std::string& group) {
  UnitUse use;
  const std::string unified = root + group;
  use.memory_bytes = without_cache(number_file(unified + "/memory.current"),
                                   unified + "/memory.stat", "inactive_file");
  if (const auto stat = group_text(unified + "/cpu.stat")) {
    if (const auto used = number_at(*stat, "usage_usec")) {
      use.cpu_seconds = static_cast<double>(*used) / 1e6;
    }
  }
  const std::string memory = root + "/memory" + group;
  if (!use.memory_bytes) {
    use.memory_bytes = without_cache(number_file(memory + "/memory.usage_in_bytes"),
                                     memory + "/memory.stat", "total_inactive_file");
  }
  if (use.cpu_seconds) return use;
  for (const char* controller : {"/cpuacct", "/cpu,cpuacct"}) {
    if (const auto used = number_file(root + controller + group + "/cpuacct.usage")) {
      use.cpu_seconds = static_cast<double>(*used) / 1e9;
      break;
    }
  }
  return use;
}

}  // namespace tocsin::sources
