#include "secret_references.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "convert.hpp"

namespace tocsin::config {
namespace {

class ReferenceCollector {
 public:
  explicit ReferenceCollector(const Input& input) : input_(input) {}

  void look_at(const Found& found, const Entry& entry) {
    const Key* key = find_key(found.section->pattern, entry.key);
    if (key == nullptr) return;
    if (key->type == Type::headers) {
      for (const Entry& header : entry.value.entries) take(found, header.key, header.value, false);
    } else if (key->type == Type::secret || key->type == Type::secret_url ||
               key->type == Type::secret_dsn) {
      take(found, entry.key, entry.value, key->type == Type::secret_url);
    }
  }

  [[nodiscard]] std::vector<SecretReference> all() && { return std::move(all_); }

 private:
  void take(const Found& found, const std::string& key, const Value& value, bool url) {
    const Result<ReadSecret> secret = to_secret(value, url);
    if (!secret || secret->form != SecretForm::reference) return;
    const std::string what =
        fmt::format("`{}` of {}", key, header_of(found.section->pattern, found.name));
    all_.push_back(
        {secret->secret, diagnostic_at(input_.files, Level::warning, value.place, what)});
  }

  const Input& input_;
  std::vector<SecretReference> all_;
};

}  // namespace

std::vector<SecretReference> secret_references(const Survey& survey, const Input& input) {
  ReferenceCollector collector(input);
  for (const Found& found : survey.all) {
    for (const Entry& entry : found.table->entries) collector.look_at(found, entry);
  }
  return std::move(collector).all();
}

}  // namespace tocsin::config
