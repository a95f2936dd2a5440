// The addresses of names, asked for on threads of their own: a name server that does not answer
// holds up nobody whose target is written as an address, and no disk's figures. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

class Names {
 public:
  using Addresses = std::vector<boost::asio::ip::address>;
  using Done = std::function<void(const Result<Addresses>&)>;

  explicit Names(boost::asio::any_io_executor loop);
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// `done` is called once, on the loop, never from within: with at least one address of the
  /// protocol, or with not_found (the name has none) or timeout. Who has lost interest sees to it
  /// that `done` does nothing. Those who ask for one name at once share one question.
  void look_up(const std::string& host, config::IpProtocol protocol, Duration within, Done done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
