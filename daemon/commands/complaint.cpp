// The forms are those of CLI11 2.1 (CLI/Error.hpp, CLI/Validators.hpp): "NAME: 3 not in {1,5}".
#include "commands/complaint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

using Halves = std::optional<std::pair<std::string_view, std::string_view>>;

Halves halves(std::string_view text, std::string_view between) {
  const std::size_t at = text.find(between);
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + between.size()));
}

bool is_flag_of(const Command& command, std::string_view name) {
  const auto named = [name](const Argument& one) {
    return std::find(one.names.begin(), one.names.end(), name) != one.names.end();
  };
  const auto found = std::find_if(command.options.begin(), command.options.end(), named);
  // What is not its own is --json, --wide or --version: flags that every command takes.
  return name.starts_with('-') && (found == command.options.end() || found->value.empty());
}

std::string unconverted(const Command& command, std::string_view name, std::string_view value) {
  if (is_flag_of(command, name)) return fmt::format("`{}` takes no value", name);
  return fmt::format("`{}` is a number, and `{}` is none", name, value);
}

std::string one_of(std::string_view name, std::string_view value, std::string_view braced) {
  std::vector<std::string> words;
  while (!braced.empty()) {
    const std::size_t end = std::min(braced.find(','), braced.size());
    words.emplace_back(braced.substr(0, end));
    braced.remove_prefix(std::min(end + 1, braced.size()));
  }
  std::string listed;
  for (std::size_t at = 0; at < words.size(); ++at)
    listed += (at == 0 ? "" : at + 1 == words.size() ? " or " : ", ") + words[at];
  const std::string near = nearest(value, words);
  return fmt::format("`{}` is {}, not `{}`{}", name, listed, value,
                     near.empty() ? "" : fmt::format("; did you mean `{}`?", near));
}

}  // namespace

std::string in_own_words(const Command& command, const std::string& complaint) {
  constexpr std::string_view kUnconverted = "Could not convert: ";
  const std::string_view said = complaint;
  if (said.starts_with(kUnconverted)) {
    const Halves parts = halves(said.substr(kUnconverted.size()), " = ");
    return parts ? unconverted(command, parts->first, parts->second) : complaint;
  }
  if (const Halves parts = halves(said, " excludes "))
    return fmt::format("`{}` and `{}` do not go together", parts->first, parts->second);
  const Halves parts = halves(said, ": ");
  if (!parts) return complaint;
  const auto [name, trouble] = *parts;
  if (trouble.starts_with("1 required ") && trouble.ends_with(" missing")) {
    const std::string_view value = trouble.substr(11, trouble.size() - 11 - 8);
    return fmt::format("`{}` needs a value: {}", name, value);
  }
  if (const Halves words = halves(trouble, " not in {"); words && words->second.ends_with('}'))
    return one_of(name, words->first, words->second.substr(0, words->second.size() - 1));
  if (const Halves range = halves(trouble, " not in range "); range) {
    const Halves bounds = halves(range->second, " to ");
    std::string_view value = range->first;
    if (value.starts_with("Value ")) value.remove_prefix(6);
    if (bounds) {
      return fmt::format("`{}` is a number from {} to {}, not `{}`", name, bounds->first,
                         bounds->second, value);
    }
  }
  // A validator that could not read the value repeats it.
  if (trouble.find(' ') == std::string_view::npos)
    return fmt::format("`{}` cannot be `{}`", name, trouble);
  return complaint;
}

}  // namespace tocsin::commands
