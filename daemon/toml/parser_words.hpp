// What the TOML parser complains of, in words for people.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::toml {

struct Words {
  std::string message;
  std::string hint;
};

/// For a complaint of toml++ 3.3's, as it describes it; `rest` is the text from the word
/// on that it complains of. A complaint that is not known stands as it is behind "not valid TOML:
/// ".
[[nodiscard]] Words words_for(std::string_view description, std::string_view rest);

}  // namespace tocsin::toml
