// One-token mistakes in files that are right, and which of them no reading can make right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config_mutants/tokens.hpp"
#include "tocsin/base/random.hpp"

namespace tocsin::mutants {

enum class Mistake { deleted, doubled, misspelt, swapped, wrong_type, wrong_unit };
[[nodiscard]] const char* to_string(Mistake mistake);
[[nodiscard]] const char* to_string(Kind kind);

struct Mutant {
  Mistake mistake = Mistake::deleted;
  Kind kind = Kind::key;
  std::size_t begin = 0;  ///< what is replaced
  std::size_t end = 0;
  std::string text;  ///< by what
  std::uint32_t line = 1;
  bool invalid = false;  ///< by construction, and to be reported on its line
};

/// Makes the mistake at `all[at]` where it can be made there.
[[nodiscard]] std::optional<Mutant> mutant(const std::vector<Token>& all, std::size_t at,
                                           Mistake mistake, Random& random);

}  // namespace tocsin::mutants
