#include "app/secret_check.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <set>
#include <string>

#include "loop/secrets.hpp"

namespace tocsin::app {

namespace {

bool has_credentials() {
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder != nullptr && *folder != '\0';
}

std::string hint_for(const std::string& reference, const Error& error) {
  if (reference.starts_with("env:"))
    return "well if the unit sets it (Environment=, EnvironmentFile=)";
  if (error.code == ErrorCode::denied) return "well if the user that tocsin runs as may read it";
  if (reference.starts_with("credential:")) return "LoadCredential= in the unit gives it to tocsin";
  return "";
}

config::Diagnostic unreadable(const config::SecretReference& reference, const Error& error) {
  config::Diagnostic out = reference.at;
  out.message += ": " + error.text;
  out.hint = hint_for(reference.secret.reference, error);
  return out;
}

/// Of what only the unit has.
config::Diagnostic not_from_here(const std::vector<config::SecretReference>& credentials) {
  config::Diagnostic out = credentials.front().at;
  std::string others;
  for (std::size_t i = 1; i < credentials.size(); ++i) {
    const config::Diagnostic& at = credentials[i].at;
    others += fmt::format("{}{} ({}:{})", i == 1 ? "; nor " : ", ", credentials[i].secret.reference,
                          at.file, at.line);
  }
  out.message = fmt::format("{} cannot be looked at from here{}",
                            credentials.front().secret.reference, others);
  out.hint =
      "credentials are given to the unit alone (LoadCredential=): `tocsin status` shows what the "
      "daemon finds";
  return out;
}

}  // namespace

std::vector<config::Diagnostic> secret_warnings(
    const std::vector<config::SecretReference>& references) {
  std::vector<config::Diagnostic> warnings;
  std::vector<config::SecretReference> credentials;
  std::set<std::string> seen;
  for (const config::SecretReference& reference : references) {
    const std::string& name = reference.secret.reference;
    if (!seen.insert(name).second) continue;
    if (name.starts_with("credential:") && !has_credentials()) {
      credentials.push_back(reference);
      continue;
    }
    const Result<std::string> secret = loop::read_secret(reference.secret);
    if (!secret) warnings.push_back(unreadable(reference, secret.error()));
  }
  if (!credentials.empty()) warnings.push_back(not_from_here(credentials));
  return warnings;
}

}  // namespace tocsin::app
