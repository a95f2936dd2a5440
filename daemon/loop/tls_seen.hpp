// What a TLS handshake showed of the other side, also where its certificate is refused. OpenSSL's
// objects come and go as untyped pointers: its headers stay in one file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tocsin::loop {

struct TlsSeen {
  std::string version;  ///< "TLS 1.3", "" where no handshake came to its end
  std::string fault;    ///< why the certificate is not good, by OpenSSL's name for it
  std::optional<std::int64_t> earliest_expiry;  ///< of the chain that was shown, Unix seconds
};

/// Notes what the verification of the connections of this SSL_CTX finds. `seen` must outlive it.
void note_verification(void* ssl_context, TlsSeen& seen);
/// Tells an SSL that is about to connect which host it speaks to, and, where it is to `verify`,
/// that the certificate must be that host's.
void expect_peer(void* ssl, const std::string& host, bool verify);
/// Notes the version that this SSL has agreed upon.
void note_session(void* ssl, TlsSeen& seen);

}  // namespace tocsin::loop
