// libcurl's multi interface on Asio: curl says which sockets to watch and when to wake it. The
// sockets stay curl's: a watch lets go of its descriptor before curl closes it.
#include "loop/http_client.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "loop/http_transfer.hpp"
#include "loop/log.hpp"
#include "loop/mail_transfer.hpp"
#include "tocsin/base/check.hpp"

namespace tocsin::loop {
namespace {

using boost::asio::posix::stream_descriptor;

/// Targets of one interval are asked at once; what is kept open then is not opened anew at the next
/// tick.
constexpr long kIdleConnectionsMost = 256;

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl().multi_cleanup(multi); }
};

void start_curl_once() {
  static const CURLcode started = curl().global_init(CURL_GLOBAL_DEFAULT);
  TOCSIN_CHECK(started == CURLE_OK);
  // A peer that hangs up is an error to handle, not a reason to die. (curl would switch the signal
  // off and on around every call.)
  std::signal(SIGPIPE, SIG_IGN);
}

/// What the environment exempts from its proxies, and this host itself.
std::string no_proxy() {
  const char* from_environment = std::getenv("no_proxy");
  if (from_environment == nullptr) from_environment = std::getenv("NO_PROXY");
  std::string hosts = from_environment == nullptr ? "" : from_environment;
  if (hosts == "*") return hosts;
  if (!hosts.empty()) hosts += ',';
  hosts += "localhost,127.0.0.0/8,::1";
  return hosts;
}

}  // namespace

struct HttpClient::Impl : std::enable_shared_from_this<HttpClient::Impl> {
  struct Watch {
    stream_descriptor socket;
    curl_socket_t curls = CURL_SOCKET_BAD;
    bool want_read = false;
    bool want_write = false;
    bool reading = false;
    bool writing = false;
    bool removed = false;
    explicit Watch(const boost::asio::any_io_executor& loop) : socket(loop) {}
  };
  struct Exchange {
    Handle handle = 0;
    std::unique_ptr<Transfer> transfer;
    bool added = false;  ///< the multi handle knows it
  };

  boost::asio::any_io_executor loop;
  boost::asio::steady_timer timer;
  std::unique_ptr<CURLM, MultiDeleter> multi;
  std::string no_proxy_hosts = no_proxy();
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches;
  std::map<Handle, Exchange> exchanges;
  Handle last_handle = 0;
  bool ended = false;

  explicit Impl(boost::asio::any_io_executor executor) : loop(std::move(executor)), timer(loop) {}

  /// Not before somebody needs it: it costs megabytes.
  void start_curl() {
    if (multi || !curl().complete) return;
    start_curl_once();
    multi.reset(curl().multi_init());
    TOCSIN_CHECK(multi != nullptr);
    curl().multi_setopt(multi.get(), CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
    curl().multi_setopt(multi.get(), CURLMOPT_SOCKETDATA, this);
    curl().multi_setopt(multi.get(), CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
    curl().multi_setopt(multi.get(), CURLMOPT_TIMERDATA, this);
    curl().multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, kIdleConnectionsMost);
  }

  void end() {
    ended = true;
    for (auto& [handle, exchange] : exchanges) take_out(exchange);
    exchanges.clear();
    multi.reset();
    for (auto& [fd, watch] : watches) remove(*watch);
    watches.clear();
    timer.cancel();
  }

  void take_out(Exchange& exchange) const {
    if (!exchange.added) return;
    curl().multi_remove_handle(multi.get(), exchange.transfer->easy());
    exchange.added = false;
  }

  static void remove(Watch& watch) {
    watch.removed = true;
    if (watch.socket.is_open()) watch.socket.release();
  }

  Handle start(std::unique_ptr<Transfer> transfer) {
    const Handle handle = ++last_handle;
    Exchange& exchange = exchanges[handle];  // stays where it is until it is erased
    exchange.handle = handle;
    exchange.transfer = std::move(transfer);
    if (Result<void> ready = exchange.transfer->prepare(); !ready) {
      finish(handle, exchange.transfer->failed(ready.error().text));
      return handle;
    }
    curl().easy_setopt(exchange.transfer->easy(), CURLOPT_PRIVATE, &exchange);
    add(exchange);
    return handle;
  }

  void add(Exchange& exchange) {
    const CURLMcode code = curl().multi_add_handle(multi.get(), exchange.transfer->easy());
    exchange.added = code == CURLM_OK;
    if (!exchange.added)
      finish(exchange.handle, exchange.transfer->failed(curl().multi_strerror(code)));
  }

  /// In a turn of its own: whoever is told may send, cancel, or end the client.
  void finish(Handle handle, std::function<void()> tell) {
    boost::asio::post(loop, [self = shared_from_this(), handle, told = std::move(tell)] {
      if (self->ended || self->exchanges.erase(handle) == 0) return;
      told();
    });
  }

  void cancel(Handle handle) {
    const auto found = exchanges.find(handle);
    if (found == exchanges.end()) return;
    take_out(found->second);
    exchanges.erase(found);
  }

  void collect_finished() {
    int left = 0;
    while (const CURLMsg* message = curl().multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Exchange* exchange = nullptr;
      curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
      take_out(*exchange);
      if (exchange->transfer->follow(code)) {
        add(*exchange);
      } else {
        finish(exchange->handle, exchange->transfer->ended(code));
      }
    }
  }

  void act(curl_socket_t socket, int events) {
    int running = 0;
    curl().multi_socket_action(multi.get(), socket, events, &running);
    collect_finished();
  }

  static int on_timer(CURLM*, long timeout_ms, void* data) {
    auto* self = static_cast<Impl*>(data);
    if (timeout_ms < 0) {
      self->timer.cancel();
      return 0;
    }
    self->timer.expires_after(milliseconds(timeout_ms));
    self->timer.async_wait([kept = self->shared_from_this()](boost::system::error_code error) {
      if (!error && !kept->ended) kept->act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* data, void*) {
    auto* self = static_cast<Impl*>(data);
    const auto found = self->watches.find(socket);
    if (what == CURL_POLL_REMOVE) {
      if (found == self->watches.end()) return 0;
      remove(*found->second);
      self->watches.erase(found);
      return 0;
    }
    std::shared_ptr<Watch> watch = found == self->watches.end() ? nullptr : found->second;
    if (!watch) {
      watch = std::make_shared<Watch>(self->loop);
      boost::system::error_code error;
      watch->socket.assign(socket, error);
      // An error to curl would end the multi handle for good; so this one request times out.
      if (error) return 0;
      watch->curls = socket;
      self->watches.emplace(socket, watch);
    }
    watch->want_read = (what & CURL_POLL_IN) != 0;
    watch->want_write = (what & CURL_POLL_OUT) != 0;
    self->arm(watch);
    return 0;
  }

  void arm(const std::shared_ptr<Watch>& watch) {
    if (watch->want_read && !watch->reading) {
      watch->reading = true;
      wait(watch, stream_descriptor::wait_read, &Watch::reading, &Watch::want_read,
           CURL_CSELECT_IN);
    }
    if (watch->want_write && !watch->writing) {
      watch->writing = true;
      wait(watch, stream_descriptor::wait_write, &Watch::writing, &Watch::want_write,
           CURL_CSELECT_OUT);
    }
  }

  void wait(const std::shared_ptr<Watch>& watch, stream_descriptor::wait_type type,
            bool Watch::*under_way, bool Watch::*wanted, int event) {
    const auto ready = [self = shared_from_this(), watch, under_way, wanted,
                        event](boost::system::error_code error) {
      (*watch).*under_way = false;
      if (watch->removed || self->ended || !((*watch).*wanted)) return;
      self->act(watch->curls, error ? CURL_CSELECT_ERR : event);
      if (!watch->removed && !self->ended) self->arm(watch);
    };
    watch->socket.async_wait(type, ready);
  }
};

HttpClient::HttpClient(boost::asio::any_io_executor loop)
    : impl_(std::make_shared<Impl>(std::move(loop))) {}

HttpClient::~HttpClient() {
  impl_->end();
}

void HttpClient::make_ready() {
  if (!curl().complete) log::error(std::string(kNoCurl) + ": nobody can be told by HTTP or email");
  impl_->start_curl();
}

HttpClient::Handle HttpClient::send(HttpRequest request, Callback done) {
  impl_->start_curl();
  return impl_->start(
      std::make_unique<HttpTransfer>(std::move(request), impl_->no_proxy_hosts, std::move(done)));
}

HttpClient::Handle HttpClient::send(Mail mail, MailCallback done) {
  impl_->start_curl();
  return impl_->start(std::make_unique<MailTransfer>(std::move(mail), std::move(done)));
}

void HttpClient::cancel(Handle handle) {
  impl_->cancel(handle);
}

std::size_t HttpClient::in_flight() const {
  return impl_->exchanges.size();
}

boost::asio::any_io_executor HttpClient::loop() const {
  return impl_->loop;
}

}  // namespace tocsin::loop
