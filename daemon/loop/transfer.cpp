#include "loop/transfer.hpp"

#include <sys/socket.h>

#include "loop/file.hpp"

namespace tocsin::loop {
namespace {

constexpr std::size_t kCertificateBytesMost = 4U << 20U;

/// `libcurl`'s sockets are not inherited by programs that the daemon starts.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace

UrlPointer parse_url(const std::string& url) {
  UrlPointer parsed(curl().url());
  if (!parsed || curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return nullptr;
  }
  return parsed;
}

std::string url_part(const UrlPointer& url, CURLUPart part) {
  char* text = nullptr;
  if (curl().url_get(url.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
  std::string out(text);
  curl().free(text);
  return out;
}

Result<void> Transfer::usable() const {
  if (!curl().complete) return fail(ErrorCode::not_found, std::string(kNoCurl));
  if (easy() == nullptr) return fail(ErrorCode::exhausted, "no memory for a request");
  return {};
}

Result<void> Transfer::set_common(const std::string& ca_file) {
  curl().easy_setopt(easy(), CURLOPT_NOSIGNAL, 1L);
  // Without it, the end of a request whose name does not resolve waits for the resolver's thread.
  curl().easy_setopt(easy(), CURLOPT_QUICK_EXIT, 1L);
  curl().easy_setopt(easy(), CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl().easy_setopt(easy(), CURLOPT_SSL_VERIFYPEER, 1L);
  curl().easy_setopt(easy(), CURLOPT_SSL_VERIFYHOST, 2L);
  curl().easy_setopt(easy(), CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (ca_file.empty()) return {};
  // Not by its path: libcurl would open and read it, whatever it is, on the loop.
  Result<FileContent> certificates = read_file_promptly(ca_file, kCertificateBytesMost);
  if (!certificates)
    return tl::unexpected(certificates.error().within("cannot read ca_file " + ca_file));
  curl_blob blob{certificates->text.data(), certificates->text.size(), CURL_BLOB_COPY};
  curl().easy_setopt(easy(), CURLOPT_CAINFO_BLOB, &blob);
  curl().easy_setopt(easy(), CURLOPT_CAPATH, nullptr);
  return {};
}

void Transfer::set_timeout(Duration left) {
  curl().easy_setopt(easy(), CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  curl().easy_setopt(easy(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(left.count()));
}

void append(SlistPointer& list, const std::string& line) {
  if (curl_slist* longer = curl().slist_append(list.get(), line.c_str())) {
    static_cast<void>(list.release());
    list.reset(longer);
  }
}

bool breaks_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace tocsin::loop
