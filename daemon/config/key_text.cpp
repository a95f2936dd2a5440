#include "tocsin/config/key_text.hpp"

#include <fmt/format.h>

#include "words.hpp"

namespace tocsin::config {

std::string header_text(const Section& section) {
  return section.pattern.empty() ? "the top of the file" : header_of(section.pattern);
}

std::string bounds_text(const Key& key) {
  if (key.least.empty() && key.most.empty()) return "";
  if (key.least.empty()) return fmt::format("at most {}", key.most);
  if (key.most.empty()) return fmt::format("at least {}", key.least);
  return fmt::format("{} to {}", key.least, key.most);
}

std::string type_text(const Key& key) {
  if (key.type == Type::choice) return listed(words(key.choices));
  return std::string(to_string(key.type));
}

std::string default_text(const Key& key) {
  if (key.required) return "required";
  if (!key.needed_by.empty()) return fmt::format("required by {}", listed(words(key.needed_by)));
  return key.otherwise.empty() ? "" : std::string(key.otherwise);
}

}  // namespace tocsin::config
