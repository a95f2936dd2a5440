// A client's request, and its answer waited for.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <utility>

#include "loop/http_client.hpp"
#include "support/http_peer.hpp"

namespace tocsin::testing {

/// Runs the loop until the answer is there.
inline loop::HttpClient::Answer ask(boost::asio::io_context& io, loop::HttpClient& client,
                                    loop::HttpRequest request) {
  std::optional<loop::HttpClient::Answer> got;
  client.send(std::move(request),
              [&got](loop::HttpClient::Answer answer) { got = std::move(answer); });
  CHECK_FALSE(got.has_value());  // never from within send()
  const bool answered = run_until(io, [&got] { return got.has_value(); });
  REQUIRE(answered);
  CHECK(client.in_flight() == 0);
  return *got;
}

inline loop::HttpRequest get(std::string url) {
  loop::HttpRequest request;
  request.url = std::move(url);
  return request;
}

}  // namespace tocsin::testing
