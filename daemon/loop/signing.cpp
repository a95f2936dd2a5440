#include "loop/signing.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace tocsin::loop {
namespace {

/// OpenSSL counts text in bytes that have no sign.
const unsigned char* unsigned_bytes(std::string_view text) {
  const void* const bytes = text.data();
  return static_cast<const unsigned char*>(bytes);
}

std::string digest_text(const std::array<unsigned char, EVP_MAX_MD_SIZE>& digest, unsigned size) {
  return {digest.begin(), digest.begin() + size};
}

}  // namespace

Result<std::string> hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), unsigned_bytes(text),
           text.size(), digest.data(), &size) == nullptr) {
    return fail(ErrorCode::internal, "HMAC-SHA256 failed");
  }
  return digest_text(digest, size);
}

Result<std::string> sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    return fail(ErrorCode::internal, "SHA-256 failed");
  return digest_text(digest, size);
}

bool same_signature(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<std::string> secret_bytes(std::size_t count) {
  std::string out(count, '\0');
  void* const room = out.data();
  if (RAND_bytes(static_cast<unsigned char*>(room), static_cast<int>(count)) != 1)
    return fail(ErrorCode::internal, "no random bytes are to be had");
  return out;
}

}  // namespace tocsin::loop
