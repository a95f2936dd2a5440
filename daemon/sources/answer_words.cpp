#include "sources/answer_words.hpp"

#include <algorithm>
#include <utility>

#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

/// Of so few characters a word of every answer may consist.
constexpr std::size_t kSecretHeaderLeast = 4;
constexpr std::string_view kBasic = "Basic ";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

/// The password of "https://user:password@host/".
std::string password_in(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t at = url.rfind('@');
  const std::size_t colon = url.find(':');
  if (at == std::string_view::npos || colon >= at) return "";
  return std::string(url.substr(colon + 1, at - colon - 1));
}

std::string without_basic(std::string text) {
  for (std::size_t at = text.find(kBasic); at != std::string::npos;
       at = text.find(kBasic, at + 1)) {
    const std::size_t begin = at + kBasic.size();
    const std::size_t end = std::min(text.find_first_not_of(kBase64Digits, begin), text.size());
    text.replace(begin, end - begin, "***");
  }
  return text;
}

}  // namespace

std::vector<std::string> secrets_of(const loop::HttpRequest& request) {
  std::vector<std::string> all = {request.password, request.bearer, password_in(request.url)};
  for (const auto& [name, value] : request.headers) {
    const std::string known = lowercase(name);
    if (known == "accept" || known == "content-type" || value.size() < kSecretHeaderLeast) continue;
    all.push_back(value);
  }
  return all;
}

std::string without_secrets(std::string_view text, const std::vector<std::string>& secrets) {
  std::string out(text);
  for (const std::string& secret : secrets) out = without_secret(out, secret);
  return without_basic(std::move(out));
}

std::string with_words(std::string detail, const loop::HttpResponse& response,
                       const std::vector<std::string>& secrets) {
  std::string_view words = trim(response.body);
  words = words.substr(0, words.find('\n'));
  if (!words.empty() && words.front() != '<') {
    detail += ": " + shortened(printable(valid_utf8(without_secrets(words, secrets))), 120);
  }
  return detail;
}

}  // namespace tocsin::sources
