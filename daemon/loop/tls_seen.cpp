#include "loop/tls_seen.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <string_view>

namespace tocsin::loop {
namespace {

std::optional<std::int64_t> expiry_of(const X509* certificate) {
  std::tm broken{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &broken) != 1) {
    return std::nullopt;
  }
  return ::timegm(&broken);
}

int verify(X509_STORE_CTX* context, void* data) {
  auto& seen = *static_cast<TlsSeen*>(data);
  seen.earliest_expiry = expiry_of(X509_STORE_CTX_get0_cert(context));
  STACK_OF(X509)* chain = X509_STORE_CTX_get0_untrusted(context);
  for (int at = 0; at < sk_X509_num(chain); ++at) {
    const auto expiry = expiry_of(sk_X509_value(chain, at));
    if (expiry) seen.earliest_expiry = std::min(*expiry, seen.earliest_expiry.value_or(*expiry));
  }
  const int good = X509_verify_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  seen.fault = error == X509_V_OK ? "" : X509_verify_cert_error_string(error);
  return good;
}

}  // namespace

void note_verification(void* ssl_context, TlsSeen& seen) {
  SSL_CTX_set_cert_verify_callback(static_cast<SSL_CTX*>(ssl_context), &verify, &seen);
}

void expect_peer(void* ssl, const std::string& host, bool verify) {
  auto* const session = static_cast<SSL*>(ssl);
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(session);
  ASN1_OCTET_STRING* const address = a2i_IPADDRESS(host.c_str());
  if (address == nullptr) {
    SSL_set_tlsext_host_name(session, host.c_str());
    if (verify) X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
  } else if (verify) {
    X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str());
  }
  ASN1_OCTET_STRING_free(address);
}

void note_session(void* ssl, TlsSeen& seen) {
  if (ssl == nullptr) return;
  const std::string_view version = SSL_get_version(static_cast<const SSL*>(ssl));
  seen.version =
      version.starts_with("TLSv") ? "TLS " + std::string(version.substr(4)) : std::string(version);
}

}  // namespace tocsin::loop
