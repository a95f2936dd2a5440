// One exchange as libcurl's multi interface sees it, whatever its protocol.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "loop/curl.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::loop {

struct CurlDeleter {
  void operator()(CURL* easy) const { curl().easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
  void operator()(CURLU* url) const { curl().url_cleanup(url); }
  void operator()(curl_mime* mime) const { curl().mime_free(mime); }
};
using EasyPointer = std::unique_ptr<CURL, CurlDeleter>;
using SlistPointer = std::unique_ptr<curl_slist, CurlDeleter>;
using UrlPointer = std::unique_ptr<CURLU, CurlDeleter>;
using MimePointer = std::unique_ptr<curl_mime, CurlDeleter>;

/// Null where it is none.
[[nodiscard]] UrlPointer parse_url(const std::string& url);
/// A part of it, the scheme's own port where none is written; "" where there is none.
[[nodiscard]] std::string url_part(const UrlPointer& url, CURLUPart part);

/// What curl knows of an exchange; T as curl().easy_getinfo(3) says.
template <class T>
T curl_info(CURL* easy, CURLINFO what) {
  T value{};
  curl().easy_getinfo(easy, what, &value);
  return value;
}

/// Not movable: curl keeps its address.
class Transfer {
 public:
  Transfer() : easy_(curl().complete ? curl().easy_init() : nullptr) {}
  virtual ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Readies the handle. An error means that the exchange cannot be made at all.
  [[nodiscard]] virtual Result<void> prepare() = 0;
  /// After its end: whether it goes on (the handle is ready to be added again).
  [[nodiscard]] virtual bool follow(CURLcode) { return false; }
  /// After its end: tells the one who asked what became of it. To be called once the transfer is
  /// gone.
  [[nodiscard]] virtual std::function<void()> ended(CURLcode code) = 0;
  /// The same for one that never began.
  [[nodiscard]] virtual std::function<void()> failed(std::string detail) = 0;

  [[nodiscard]] CURL* easy() const { return easy_.get(); }

 protected:
  /// To be asked first: an error where there is no handle.
  [[nodiscard]] Result<void> usable() const;
  /// What holds for every exchange: no signals, no inherited sockets, TLS verified. An error
  /// where the file of certificates cannot be read.
  [[nodiscard]] Result<void> set_common(const std::string& ca_file);
  void set_timeout(Duration left);

 private:
  EasyPointer easy_;
};

/// The list with one line more.
void append(SlistPointer& list, const std::string& line);
/// Holds a character that would end a header's or a command's line.
[[nodiscard]] bool breaks_line(std::string_view text);

}  // namespace tocsin::loop
