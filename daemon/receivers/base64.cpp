#include "receivers/base64.hpp"

#include <openssl/evp.h>

#include <vector>

namespace tocsin::receivers {

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> out((bytes.size() + 2) / 3 * 4 + 1);
  const int length =
      EVP_EncodeBlock(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  return {out.begin(), out.begin() + length};
}

}  // namespace tocsin::receivers
