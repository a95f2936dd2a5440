#include "sources/names.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <utility>

#include "loop/worker_pool.hpp"

namespace tocsin::sources {
namespace {

namespace asio = boost::asio;

/// "" : it has addresses.
struct NameFound {
  Names::Addresses addresses;
  std::string trouble;
};

NameFound ask_for(const std::string& host) {
  NameFound found;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (error != 0) {
    found.trouble = error == EAI_AGAIN ? "the name server does not answer" : ::gai_strerror(error);
    return found;
  }
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (each->ai_addrlen > endpoint.capacity()) continue;
    std::copy_n(reinterpret_cast<const char*>(each->ai_addr), each->ai_addrlen,
                reinterpret_cast<char*>(endpoint.data()));
    found.addresses.push_back(endpoint.address());
  }
  ::freeaddrinfo(list);
  return found;
}

Result<Names::Addresses> chosen(const std::string& host, const NameFound& found,
                                config::IpProtocol protocol) {
  if (!found.trouble.empty()) {
    return fail(ErrorCode::not_found,
                fmt::format("the name {} does not resolve: {}", host, found.trouble));
  }
  Names::Addresses addresses = found.addresses;
  std::erase_if(addresses, [protocol](const asio::ip::address& address) {
    return protocol != config::IpProtocol::any &&
           address.is_v6() != (protocol == config::IpProtocol::ip6);
  });
  if (addresses.empty()) {
    return fail(ErrorCode::not_found, fmt::format("{} has no IPv{} address", host,
                                                  protocol == config::IpProtocol::ip6 ? 6 : 4));
  }
  return addresses;
}

}  // namespace

struct Names::Impl {
  struct Asker {
    config::IpProtocol protocol;
    Done done;
  };
  asio::any_io_executor loop;
  loop::WorkerPool workers;
  std::map<std::string, std::vector<Asker>> asked;

  explicit Impl(asio::any_io_executor executor)
      : loop(std::move(executor)), workers(loop, {.threads = 4, .abandoned_threads = 12}) {}
};

Names::Names(asio::any_io_executor loop) : impl_(std::make_shared<Impl>(std::move(loop))) {}
Names::~Names() = default;

void Names::look_up(const std::string& host, config::IpProtocol protocol, Duration within,
                    Done done) {
  boost::system::error_code no_address;
  if (const auto address = asio::ip::make_address(host, no_address); !no_address) {
    NameFound found;
    found.addresses = {address};
    asio::post(impl_->loop,
               [tell = std::move(done), answer = chosen(host, found, protocol)] { tell(answer); });
    return;
  }
  std::vector<Impl::Asker>& askers = impl_->asked[host];
  askers.push_back({protocol, std::move(done)});
  if (askers.size() > 1) return;
  impl_->workers.submit<NameFound>(
      host, [host] { return ask_for(host); }, within,
      [impl = impl_.get(), host, within](loop::JobEnd end, std::optional<NameFound> found) {
        const std::vector<Impl::Asker> waiting = std::move(impl->asked[host]);
        impl->asked.erase(host);
        for (const Impl::Asker& each : waiting) {
          if (found) {
            each.done(chosen(host, *found, each.protocol));
          } else {
            each.done(fail(ErrorCode::timeout,
                           end == loop::JobEnd::busy
                               ? fmt::format("the name {} is being resolved since long", host)
                               : fmt::format("the name {} was not resolved within {}", host,
                                             format_duration(within))));
          }
        }
      });
}

}  // namespace tocsin::sources
