#include "secrecy.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "tocsin/base/text.hpp"
#include "tocsin/config/keys.hpp"

namespace tocsin::config {
namespace {

/// What other programs call theirs: `bearer_token`, `redis_passwd`, `apikey`.
constexpr std::array<std::string_view, 7> kSecretWords = {
    "token", "secret", "passw", "bearer", "apikey", "api_key", "credential"};

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// Keys whose value is a secret, also where they are misspelled.
bool names_secret(std::string_view word) {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Key& key : keys()) {
      const bool secret =
          key.type == Type::secret || key.type == Type::secret_url || key.type == Type::secret_dsn;
      if (secret && key.name != "url") names.emplace_back(key.name);
    }
    return names;
  }();
  if (!nearest(word, kNames).empty()) return true;
  const std::string lower = lowercase(word);
  return std::ranges::any_of(kSecretWords, [&lower](std::string_view part) {
    return lower.find(part) != std::string::npos;
  });
}

/// Keys of places, before which a user and a password may stand.
constexpr std::array<std::string_view, 5> kPlaces = {"url", "api_url", "proxy", "address",
                                                     "server"};

bool is_reference(std::string_view text) {
  return text.starts_with("credential:") || text.starts_with("file:") || text.starts_with("env:");
}

struct Stretched {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The value that begins there: what is within its quotes, or up to the next separator.
Stretched value_at(std::string_view line, std::size_t at) {
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  if (at >= line.size()) return {at, at};
  if (line[at] != '"' && line[at] != '\'') {
    return {at, std::min(line.find_first_of(",}]#", at), line.size())};
  }
  const char quote = line[at];
  std::size_t end = at + 1;
  while (end < line.size() && line[end] != quote) end += line[end] == '\\' && quote == '"' ? 2 : 1;
  return {at + 1, std::min(end, line.size())};
}

/// The part of a URL that may hold a secret: a password, and of a webhook what follows the host.
Stretched secret_part(std::string_view line, Stretched value, bool secret_path) {
  const std::string_view text = line.substr(value.begin, value.end - value.begin);
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos && secret_path) return value;
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  std::size_t slash = std::min(text.find('/', host), text.size());
  // A slash of the password's own cuts it off.
  const bool cut = text.substr(host, slash - host).find(':') != std::string_view::npos &&
                   text.find('@', slash) != std::string_view::npos;
  if (cut) slash = text.size();
  const std::size_t at = text.substr(0, slash).rfind('@');
  Stretched part{value.begin + slash, value.end};
  if (at != std::string_view::npos) part.begin = value.begin + host;
  if (!secret_path) part.end = at == std::string_view::npos ? part.begin : value.begin + at;
  return part;
}

void hide(std::string& line, Stretched part) {
  std::string hidden;
  for (std::size_t at = part.begin; at < part.end; ++at) {
    if ((static_cast<unsigned char>(line[at]) & 0xC0U) != 0x80U) hidden += '*';
  }
  line.replace(part.begin, part.end - part.begin, hidden);
}

}  // namespace

std::string without_secrets(std::string_view original) {
  std::string line(original);
  bool in_headers = false;  // what stands in `headers = { … }` may be a key of the service
  for (std::size_t at = line.find('='); at != std::string::npos; at = line.find('=', at + 1)) {
    std::size_t end = at;
    while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t' || line[end - 1] == '"'))
      --end;
    std::size_t begin = end;
    while (begin > 0 && in_word(line[begin - 1])) --begin;
    const std::string_view word = std::string_view(line).substr(begin, end - begin);
    if (word == "headers") {
      in_headers = true;
      continue;
    }
    const Stretched value = value_at(line, at + 1);
    if (value.begin >= value.end) continue;
    const std::string_view text =
        std::string_view(line).substr(value.begin, value.end - value.begin);
    if (is_reference(text)) continue;
    if (in_headers) {
      hide(line, value);
      continue;
    }
    const bool place = std::ranges::find(kPlaces, word) != kPlaces.end();
    if (!place && !names_secret(word)) continue;
    hide(line, secret_part(line, value, !place));
  }
  return line;
}

}  // namespace tocsin::config
