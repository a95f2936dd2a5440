#include "http/control_client.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace tocsin::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr std::uint64_t kLargestAnswer = 256U << 20U;

Error explained(const std::string& socket, error_code error) {
  if (error == asio::error::connection_refused)
    return {ErrorCode::unavailable, fmt::format("no tocsin answers on {}", socket)};
  if (error == boost::system::errc::no_such_file_or_directory)
    return {ErrorCode::not_found, fmt::format("no tocsin runs here: there is no {}", socket)};
  if (error == boost::system::errc::permission_denied)
    return {ErrorCode::denied, fmt::format("you may not speak on {}", socket)};
  if (error == beast::error::timeout)
    return {ErrorCode::timeout, fmt::format("tocsin did not answer in time on {}", socket)};
  return {ErrorCode::unavailable, fmt::format("{}: {}", socket, error.message())};
}

/// Connects, writes, reads: each begins the next, and the first error ends it.
struct Exchange {
  asio::io_context loop{1};
  beast::basic_stream<asio::local::stream_protocol> stream{loop};
  beast::flat_buffer buffer;
  beast::http::request<beast::http::string_body> request;
  beast::http::response_parser<beast::http::string_body> parser;
  error_code ended;

  void connect(const std::string& socket) {
    stream.async_connect(asio::local::stream_protocol::endpoint(socket), [this](error_code error) {
      ended = error;
      if (!error) write();
    });
  }
  void write() {
    beast::http::async_write(stream, request, [this](error_code error, std::size_t) {
      ended = error;
      if (!error) read();
    });
  }
  void read() {
    beast::http::async_read(stream, buffer, parser,
                            [this](error_code error, std::size_t) { ended = error; });
  }
};

}  // namespace

Result<ControlAnswer> ask_control(const std::string& socket, const ControlRequest& request) {
  constexpr std::size_t kLongestPath = 107;
  if (socket.empty() || socket.size() > kLongestPath)
    return fail(ErrorCode::invalid,
                fmt::format("the socket's path must have 1 to {} bytes", kLongestPath));
  Exchange exchange;
  exchange.request.method_string(request.method);
  exchange.request.target(request.target);
  exchange.request.version(11);
  exchange.request.set(beast::http::field::host, "localhost");
  exchange.request.set(beast::http::field::connection, "close");
  if (!request.body.empty())
    exchange.request.set(beast::http::field::content_type, "application/json");
  exchange.request.body() = request.body;
  exchange.request.prepare_payload();
  exchange.parser.body_limit(kLargestAnswer);
  exchange.stream.expires_after(request.timeout);
  exchange.connect(socket);
  exchange.loop.run();
  if (exchange.ended) return tl::unexpected(explained(socket, exchange.ended));
  ControlAnswer answer;
  answer.status = static_cast<int>(exchange.parser.get().result_int());
  const auto& header = exchange.parser.get().base();
  if (const auto zone =
          header.find(beast::string_view(kTimeZoneHeader.data(), kTimeZoneHeader.size()));
      zone != header.end())
    answer.time_zone = std::string(zone->value());
  answer.body = std::move(exchange.parser.get().body());
  return answer;
}

std::string url_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace tocsin::http
