#include "http/router.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace tocsin::http {

namespace {

std::string_view next_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

/// What the pattern's stars stand for, or none where the path is another.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/'))
    return std::nullopt;
  std::vector<std::string> captures;
  while (!pattern.empty() || !path.empty()) {
    const std::string_view wanted = next_segment(pattern);
    const std::string_view given = next_segment(path);
    if (wanted == "*" && !given.empty()) {
      captures.emplace_back(given);
    } else if (wanted != given) {
      return std::nullopt;
    }
  }
  return captures;
}

}  // namespace

void Router::handle(Request request, Respond respond) const {
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  for (const Route& route : routes_) {
    auto captures = match(route.path, request.path);
    if (!captures) continue;
    if (route.method == method) {
      request.captures = std::move(*captures);
      route.handler(request, std::move(respond));
      return;
    }
    if (!allowed.empty()) allowed += ", ";
    allowed += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  if (allowed.empty()) {
    respond(text_response(404, "there is nothing under this path"));
    return;
  }
  Response refused = text_response(405, "this path does not take " + request.method);
  refused.headers.emplace_back("Allow", allowed);
  respond(std::move(refused));
}

}  // namespace tocsin::http
