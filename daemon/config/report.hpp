// Where the checks of this room put what they find.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tocsin/base/text.hpp"
#include "tocsin/config/diagnostic.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::config {

class Report {
 public:
  /// Both outlive the report.
  Report(const Input& input, std::vector<Diagnostic>& out) : input_(input), out_(out) {}

  /// Nothing was broken beyond reading: what is not here is nowhere.
  [[nodiscard]] bool complete() const {
    return std::all_of(input_.roots.begin(), input_.roots.end(),
                       [](const Value& root) { return root.kind == Kind::table; });
  }
  [[nodiscard]] std::size_t errors() const {
    return static_cast<std::size_t>(std::count_if(
        out_.begin(), out_.end(), [](const Diagnostic& d) { return d.level == Level::error; }));
  }
  void error(Place place, std::string message, std::string hint = "") {
    add(Level::error, place, std::move(message), std::move(hint));
  }
  void warning(Place place, std::string message, std::string hint = "") {
    add(Level::warning, place, std::move(message), std::move(hint));
  }
  /// "rules.d/app.toml:3:7", for a message that speaks of a second place.
  [[nodiscard]] std::string where(Place place) const {
    const std::string name = place.file < input_.files.size() ? input_.files[place.file].name : "";
    return place.line == 0 ? name : fmt::format("{}:{}:{}", name, place.line, place.column);
  }
  /// A reference to what does not exist; silent where it may stand in a file that is broken.
  void unknown(Place place, std::string message, std::string hint) {
    if (complete()) error(place, std::move(message), std::move(hint));
  }
  [[nodiscard]] const Input& input() const { return input_; }

 private:
  void add(Level level, Place place, std::string message, std::string hint) {
    out_.push_back(diagnostic_at(input_.files, level, place, std::move(message), std::move(hint)));
  }
  const Input& input_;
  std::vector<Diagnostic>& out_;
};

/// "did you mean `x`?", or what else can be said.
[[nodiscard]] inline std::string did_you_mean(std::string_view word,
                                              const std::vector<std::string>& candidates,
                                              std::string otherwise = "") {
  const std::string near = nearest(word, candidates);
  return near.empty() ? std::move(otherwise) : fmt::format("did you mean `{}`?", near);
}

/// "the policies are a, b", or "" where they are too many to name.
[[nodiscard]] inline std::string all_of(std::string_view what,
                                        const std::vector<std::string>& names) {
  constexpr std::size_t kMostNamed = 12;
  if (names.empty() || names.size() > kMostNamed) return "";
  std::string list;
  for (const std::string& name : names)
    list += fmt::format("{}`{}`", list.empty() ? "" : ", ", name);
  return fmt::format("the {} are {}", what, list);
}

}  // namespace tocsin::config
