// What may come next on a command line. The shells ask the binary itself (`tocsin complete WORD…`,
// the last word being the one that is typed), so that their scripts know nothing that could drift.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/grammar.hpp"

namespace tocsin::commands {

inline constexpr std::string_view kCompleteWord = "complete";

struct Candidate {
  std::string word;
  std::string meaning;
};

struct Completion {
  std::vector<Candidate> candidates;
  /// What else could stand there: "INCIDENT", "FILE"; "" nothing that has a list.
  std::string kind;
  /// What stands before the value in the word that is typed: "--config=".
  std::string prefix;
  std::string typed;                  ///< what the candidates begin with, the prefix left out
  std::optional<std::string> folder;  ///< what the words say of where the daemon is asked
  std::optional<std::string> socket;
};

[[nodiscard]] Completion complete(const Grammar& grammar, const std::vector<std::string>& words);

/// Prints a candidate a line, its meaning behind a tab; ":files" and ":folders" leave it to the
/// shell.
int complete_words(const std::vector<std::string>& words);

/// What a shell loads; "" of a shell that is not known.
[[nodiscard]] std::string_view completion_script_of(std::string_view shell);

}  // namespace tocsin::commands
