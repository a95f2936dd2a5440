// One mail as libcurl sees it: an easy handle, a multipart/alternative message, the relay's
// replies. Used by http_client.cpp alone.
#pragma once

#include <array>

#include "loop/mail.hpp"
#include "loop/transfer.hpp"

namespace tocsin::loop {

class MailTransfer : public Transfer {
 public:
  MailTransfer(Mail mail, MailCallback done);

  [[nodiscard]] Result<void> prepare() override;
  [[nodiscard]] std::function<void()> ended(CURLcode code) override;
  [[nodiscard]] std::function<void()> failed(std::string detail) override;

 private:
  static std::size_t on_reply(char* data, std::size_t, std::size_t size, void* self);

  [[nodiscard]] Result<void> set_headers();
  void set_body();
  [[nodiscard]] MailAnswer answer(CURLcode code) const;
  [[nodiscard]] std::string described(CURLcode code) const;

  Mail mail_;
  MailCallback done_;
  SlistPointer header_list_;
  SlistPointer recipient_;
  MimePointer body_;
  std::array<char, CURL_ERROR_SIZE> words_{};
  std::string last_reply_;
  bool body_asked_for_ = false;  ///< the relay said 354: from then on it may have it
};

}  // namespace tocsin::loop
