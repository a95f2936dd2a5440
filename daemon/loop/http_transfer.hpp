// One HTTP exchange as libcurl sees it: an easy handle, what is sent, what came back, and what its
// end means. Used by http_client.cpp alone; no sockets and no loop here.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "loop/http_client.hpp"
#include "loop/transfer.hpp"

namespace tocsin::loop {

inline constexpr int kHttpRedirectsMost = 3;
inline constexpr std::size_t kHttpHeaderBytesMost = 64U << 10U;

class HttpTransfer : public Transfer {
 public:
  HttpTransfer(HttpRequest request, std::string no_proxy, HttpClient::Callback done);

  [[nodiscard]] Result<void> prepare() override;
  /// At another address of the same origin.
  [[nodiscard]] bool follow(CURLcode code) override;
  [[nodiscard]] std::function<void()> ended(CURLcode code) override;
  [[nodiscard]] std::function<void()> failed(std::string detail) override;

 private:
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
  static int on_connected(void* self, char*, char*, int, int);
  static CURLcode on_tls_context(CURL*, void* context, void* self);

  [[nodiscard]] HttpClient::Answer answer(CURLcode code);
  [[nodiscard]] HttpError error(HttpFailure kind, std::string detail) const;
  [[nodiscard]] Result<void> set_headers();
  void set_limits();
  void set_security();
  void set_method();
  void set_measuring();
  void set_time_left();
  [[nodiscard]] HttpMeasured measured() const;
  [[nodiscard]] std::string peer() const;
  [[nodiscard]] HttpError failure(CURLcode code) const;
  [[nodiscard]] Duration took() const;

  HttpRequest request_;
  std::string no_proxy_;
  HttpClient::Callback done_;
  SlistPointer header_list_;
  HttpResponse response_;
  std::array<char, CURL_ERROR_SIZE> words_{};  ///< curl's own; shown for TLS alone
  std::chrono::steady_clock::time_point began_;
  TlsSeen session_;
  std::size_t header_bytes_ = 0;
  int redirects_ = 0;
  bool too_large_ = false;
  bool request_sent_ = false;
  bool redirected_away_ = false;
};

}  // namespace tocsin::loop
