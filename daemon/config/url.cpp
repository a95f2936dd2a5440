#include "url.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::config {
namespace {

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return false;
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 65535;
}

bool is_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    return std::all_of(text.begin(), text.end(), [](char c) {
      return std::string_view("0123456789abcdefABCDEF:.%").find(c) != std::string_view::npos;
    });
  }
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20U || byte == 0x7FU ||
           std::string_view("/?#@:[]\\<>\"{}|^`").find(c) != std::string_view::npos;
  });
}

struct HostPort {
  std::string_view host;
  std::string_view port;
  bool has_port = false;
};

HostPort split(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) {
    return {authority, "", false};
  }
  return {authority.substr(0, colon), authority.substr(colon + 1), true};
}

}  // namespace

bool cuts_password(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return false;
  const std::size_t at = text.find('@');
  const HostPort parts = split(authority);
  if (at == std::string_view::npos || !parts.has_port) return false;
  // A password's first digits pass for a port; an address may well be a parameter's value.
  const std::size_t query = text.find('?');
  const bool in_parameter = query != std::string_view::npos && text.find('=', query) < at;
  return !is_port(parts.port) || !in_parameter;
}

Result<Url> parse_url(std::string_view text) {
  if (cuts_password(text)) return fail(ErrorCode::invalid, std::string(kCutsPassword));
  Url url;
  if (text.starts_with("https://")) {
    url.tls = true;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return fail(ErrorCode::invalid, "a URL begins with http:// or https://");
  }
  if (std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20U || byte == 0x7FU;
      })) {
    return fail(ErrorCode::invalid, "a URL holds no spaces");
  }
  std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.has_password = authority.substr(0, at).find(':') != std::string_view::npos;
    authority.remove_prefix(at + 1);
  }
  const HostPort parts = split(authority);
  if (parts.host.empty()) return fail(ErrorCode::invalid, "the URL names no host");
  if (!is_host(parts.host)) {
    return fail(ErrorCode::invalid, fmt::format("`{}` is no host name", parts.host));
  }
  if (parts.has_port && !is_port(parts.port)) {
    return fail(ErrorCode::invalid, fmt::format("`{}` is no port", parts.port));
  }
  url.host = parts.host;
  url.port = parts.has_port ? std::string(parts.port) : url.tls ? "443" : "80";
  return url;
}

Result<void> check_address(std::string_view text) {
  // What stands before it may be a password.
  if (text.find('@') != std::string_view::npos) {
    return fail(ErrorCode::invalid,
                "an address is written host:port, without a user or a password");
  }
  const HostPort parts = split(text);
  if (!parts.has_port) {
    return fail(ErrorCode::invalid, "an address is written host:port");
  }
  if (!parts.host.empty() && !is_host(parts.host)) {
    return fail(ErrorCode::invalid, fmt::format("`{}` is no host", parts.host));
  }
  if (!is_port(parts.port)) {
    return fail(ErrorCode::invalid, fmt::format("`{}` is no port (0 to 65535)", parts.port));
  }
  return {};
}

}  // namespace tocsin::config
