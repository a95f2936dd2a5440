#include "receivers/sender.hpp"

#include <boost/asio/post.hpp>
#include <set>
#include <utility>

#include "loop/secrets.hpp"

namespace tocsin::receivers {

struct Sender::Impl {
  loop::HttpClient& http;
  config::HttpOptions options;
  Duration timeout;
  std::set<loop::HttpClient::Handle> under_way;

  Impl(loop::HttpClient& client, config::HttpOptions given, Duration within)
      : http(client), options(std::move(given)), timeout(within) {}

  template <class Answer, class Message>
  void send(Message message, std::function<void(Answer)> done) {
    // The client answers in a turn of its own, so the handle is known by then.
    auto handle = std::make_shared<loop::HttpClient::Handle>(0);
    *handle = http.send(std::move(message), [this, handle, tell = std::move(done)](Answer answer) {
      under_way.erase(*handle);
      tell(std::move(answer));
    });
    under_way.insert(*handle);
  }
};

Sender::Sender(loop::HttpClient& http, config::HttpOptions options, Duration timeout)
    : impl_(std::make_shared<Impl>(http, std::move(options), timeout)) {
  http.make_ready();
}

Sender::~Sender() {
  for (const loop::HttpClient::Handle handle : impl_->under_way) impl_->http.cancel(handle);
}

Result<loop::HttpRequest> Sender::request(std::string method, std::string url) const {
  loop::HttpRequest out;
  out.method = std::move(method);
  out.url = std::move(url);
  out.username = impl_->options.username;
  out.ca_file = impl_->options.ca_file;
  out.proxy = impl_->options.proxy;
  out.timeout = impl_->timeout;
  Result<std::string> password = loop::read_secret(impl_->options.password);
  if (!password) return tl::unexpected(password.error());
  Result<std::string> bearer = loop::read_secret(impl_->options.bearer);
  if (!bearer) return tl::unexpected(bearer.error());
  out.password = std::move(*password);
  out.bearer = std::move(*bearer);
  return out;
}

void Sender::send(loop::HttpRequest request, Done done) {
  impl_->send<loop::HttpClient::Answer>(std::move(request), std::move(done));
}

void Sender::send(loop::Mail mail, loop::MailCallback done) {
  impl_->send<loop::MailAnswer>(std::move(mail), std::move(done));
}

void Sender::later(std::function<void()> call) {
  const std::weak_ptr<Impl> weak = impl_;
  boost::asio::post(impl_->http.loop(), [weak, run = std::move(call)] {
    if (weak.lock()) run();
  });
}

}  // namespace tocsin::receivers
