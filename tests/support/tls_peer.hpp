// An HTTPS server on a thread of its own, with a certificate made on the spot for 127.0.0.1 that no
// authority has signed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace tocsin::testing {

class TlsPeer {
 public:
  TlsPeer();
  ~TlsPeer();
  [[nodiscard]] std::uint16_t port() const;
  /// Its certificate, as a file that a client may trust. Removed at the end.
  [[nodiscard]] std::string certificate_file() const;
  /// Requests that came through a complete handshake.
  [[nodiscard]] int served() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::testing
