// One HTTP exchange as libcurl sees it: an easy handle, what is sent, what came back, and what its
// end means. Used by http_client.cpp alone; no sockets and no loop here.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "loop/http_client.hpp"
#include "tocsin/base/result.hpp"

namespace tocsin::loop {

struct CurlDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using EasyPointer = std::unique_ptr<CURL, CurlDeleter>;
using SlistPointer = std::unique_ptr<curl_slist, CurlDeleter>;
using UrlPointer = std::unique_ptr<CURLU, CurlDeleter>;

/// Not movable: curl keeps its address.
class HttpTransfer {
 public:
  HttpTransfer(HttpRequest request, std::string no_proxy);
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  /// Readies the handle. An error means that the request cannot be made at all.
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] CURL* easy() const { return easy_.get(); }
  /// After its end: whether it goes on at another address of the same origin (the handle is ready
  /// to be added again).
  [[nodiscard]] bool follow(CURLcode code);
  /// After its end: what became of it.
  [[nodiscard]] HttpClient::Answer answer(CURLcode code);
  [[nodiscard]] HttpError error(HttpFailure kind, std::string detail) const;

 private:
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
  static int on_connected(void* self, char*, char*, int, int);

  [[nodiscard]] Result<void> set_headers();
  void set_limits();
  void set_security();
  void set_method();
  void set_time_left();
  [[nodiscard]] std::string peer() const;
  [[nodiscard]] HttpError failure(CURLcode code) const;
  [[nodiscard]] Duration took() const;

  HttpRequest request_;
  std::string no_proxy_;
  SlistPointer header_list_;
  EasyPointer easy_;
  HttpResponse response_;
  std::array<char, CURL_ERROR_SIZE> words_{};  ///< curl's own; shown for TLS alone
  std::chrono::steady_clock::time_point began_;
  std::size_t header_bytes_ = 0;
  int redirects_ = 0;
  bool too_large_ = false;
  bool request_sent_ = false;
  bool redirected_away_ = false;
};

}  // namespace tocsin::loop
