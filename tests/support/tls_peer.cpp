#include "support/tls_peer.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

namespace tocsin::testing {
namespace {

X509* make_certificate(EVP_PKEY* key) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 24L * 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  const std::string_view common = "tocsin test";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common.data()),
                             static_cast<int>(common.size()), -1, 0);
  X509_set_issuer_name(certificate, name);
  for (const auto& [nid, value] : {std::pair{NID_subject_alt_name, "IP:127.0.0.1"},
                                   std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate, key, EVP_sha256());
  return certificate;
}

}  // namespace

struct TlsPeer::Impl {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = make_certificate(key);
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;
  std::array<char, 32> file{"/tmp/tocsin-test-ca-XXXXXX"};
  std::atomic<int> served{0};
  std::atomic<bool> ending{false};
  std::thread thread;

  Impl() {
    SSL_CTX_use_PrivateKey(context, key);
    SSL_CTX_use_certificate(context, certificate);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener, 8);
    socklen_t size = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    std::FILE* out = fdopen(mkstemp(file.data()), "w");
    PEM_write_X509(out, certificate);
    std::fclose(out);
    thread = std::thread([this] { serve(); });
  }

  ~Impl() {
    ending = true;
    ::shutdown(listener, SHUT_RDWR);
    thread.join();
    ::close(listener);
    std::remove(file.data());
    SSL_CTX_free(context);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  void serve() {
    while (!ending) {
      const int client = ::accept(listener, nullptr, nullptr);
      if (client < 0) continue;
      SSL* ssl = SSL_new(context);
      SSL_set_fd(ssl, client);
      std::array<char, 4096> buffer{};
      if (SSL_accept(ssl) == 1 && SSL_read(ssl, buffer.data(), buffer.size()) > 0) {
        ++served;
        const std::string_view answer =
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecure";
        SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(ssl);
      }
      SSL_free(ssl);
      ::close(client);
      ERR_clear_error();
    }
  }
};

TlsPeer::TlsPeer() : impl_(std::make_unique<Impl>()) {}
TlsPeer::~TlsPeer() = default;

std::uint16_t TlsPeer::port() const {
  return impl_->port;
}

std::string TlsPeer::certificate_file() const {
  return impl_->file.data();
}

int TlsPeer::served() const {
  return impl_->served;
}

}  // namespace tocsin::testing
