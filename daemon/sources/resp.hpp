// Redis's wire protocol (RESP2), as much of it as a client needs that asks and reads one answer.
// Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tocsin/base/result.hpp"

namespace tocsin::sources {

/// A command as the server reads it; arguments may hold any bytes.
[[nodiscard]] std::string resp_command(std::initializer_list<std::string_view> words);

struct RespReply {
  bool is_error = false;  ///< the server says no: its words are the text
  std::string text;
};

/// Reads single replies (status, error, integer, bulk text) out of bytes as they come.
class RespReader {
 public:
  /// `secret` is quoted nowhere, should the other side send back what it was sent.
  explicit RespReader(std::size_t most, std::string secret = "")
      : most_(most), secret_(std::move(secret)) {}

  void take(std::string_view bytes) { bytes_ += bytes; }
  /// The next reply; nothing where it has not come whole. What is no reply stays an error.
  [[nodiscard]] Result<std::optional<RespReply>> next();
  /// Bytes of a reply that has begun are there.
  [[nodiscard]] bool within_reply() const { return !bytes_.empty(); }

 private:
  [[nodiscard]] Result<std::optional<RespReply>> bulk(std::size_t line_end);
  [[nodiscard]] tl::unexpected<Error> no_resp() const;

  std::size_t most_;
  std::string secret_;
  std::string bytes_;
};

}  // namespace tocsin::sources
