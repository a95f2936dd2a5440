// Sends a receiver's requests and keeps its promise: each is answered once, on the loop, and none
// after the receiver's end.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "loop/http_client.hpp"
#include "loop/mail.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::receivers {

class Sender {
 public:
  using Done = std::function<void(loop::HttpClient::Answer)>;

  Sender(loop::HttpClient& http, config::HttpOptions options, Duration timeout);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// A request with the configured credentials, authority, proxy and timeout filled in.
  [[nodiscard]] Result<loop::HttpRequest> request(std::string method, std::string url) const;
  void send(loop::HttpRequest request, Done done);
  void send(loop::Mail mail, loop::MailCallback done);
  /// Calls in a turn of the loop's own.
  void later(std::function<void()> call);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::receivers
