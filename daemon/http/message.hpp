// What handlers see of HTTP: plain values, so that routes are tested without sockets.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::http {

/// Who is at the other end of the control socket, as the kernel says. None over TCP.
struct Peer {
  unsigned uid = 0;
  int pid = 0;
  std::string user;  ///< the account's name, or "uid 1234" where this host's files do not name it
};

struct Request {
  std::string method;
  std::string path;                                        ///< decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
  std::multimap<std::string, std::string> headers;         ///< names in lower case
  std::string body;
  std::optional<Peer> peer;
  std::vector<std::string> captures;  ///< what the route's `*` segments stood for

  /// The first parameter of that name, or none.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  /// All values of that header joined by ", ", or "".
  [[nodiscard]] std::string header(std::string_view lower_case_name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Gives the answer; to be called once, on the loop, from within the handler or later.
using Respond = std::function<void(Response)>;
using Handler = std::function<void(const Request&, Respond)>;

[[nodiscard]] Response text_response(int status, std::string text);
[[nodiscard]] Response json_response(int status, std::string json);

/// Splits and decodes a request target ("/a%20b?x=1"); none where it is malformed.
struct Target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);
/// Decodes `a=b&c=d`, `+` as a space; none where it is malformed.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> parse_form(
    std::string_view text);

}  // namespace tocsin::http
