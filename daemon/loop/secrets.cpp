#include "loop/secrets.hpp"

#include <cstdlib>
#include <string_view>

#include "loop/file.hpp"

namespace tocsin::loop {
namespace {

constexpr std::size_t kSecretBytesMost = 1U << 20U;  // all credentials of a unit together

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Result<std::string> trimmed(std::string content, const std::string& reference) {
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  // Perhaps somebody is just writing it: worth another try.
  if (content.empty()) return fail(ErrorCode::unavailable, "the secret " + reference + " is empty");
  return content;
}

Result<std::string> read_secret_file(const std::string& path, const std::string& reference) {
  Result<FileContent> file = read_file_promptly(path, kSecretBytesMost);
  if (!file) return tl::unexpected(file.error().within("cannot read the secret " + reference));
  return trimmed(std::move(file->text), reference);
}

Result<std::string> read_credential(std::string_view name, const std::string& reference) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos) {
    return fail(ErrorCode::invalid, reference + " does not name a credential");
  }
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder == '\0') {
    return fail(ErrorCode::not_found,
                reference + " can only be read under systemd: $CREDENTIALS_DIRECTORY is not set");
  }
  return read_secret_file(std::string(folder) + "/" + std::string(name), reference);
}

Result<std::string> read_environment(std::string_view name, const std::string& reference) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) {
    return fail(ErrorCode::not_found, "the secret " + reference + " is not in the environment");
  }
  return trimmed(value, reference);
}

}  // namespace

Result<std::string> read_secret(const config::Secret& secret) {
  if (secret.empty()) return std::string();
  std::string_view rest = secret.reference;
  if (take_prefix(rest, "credential:")) return read_credential(rest, secret.reference);
  if (take_prefix(rest, "file:")) return read_secret_file(std::string(rest), secret.reference);
  if (take_prefix(rest, "env:")) return read_environment(rest, secret.reference);
  if (take_prefix(rest, "value:")) return std::string(rest);
  // What stands here may be the secret itself, so it is not shown.
  return fail(ErrorCode::invalid,
              "a secret is given as credential:NAME, file:PATH, env:NAME or value:TEXT");
}

}  // namespace tocsin::loop
