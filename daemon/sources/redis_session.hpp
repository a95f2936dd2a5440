// One conversation with a Redis server: connect, prove who one is, ask, hang up. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/model/scrape.hpp"

namespace tocsin::sources {

struct RedisAnswer {
  ScrapeOutcome outcome = ScrapeOutcome::answered;
  std::string detail;     ///< where it is not answered; never a secret
  std::string info;       ///< INFO's text
  double ping_seconds{};  ///< a PING's way there and back
};

class RedisSession {
 public:
  /// `done` is called once, on the loop, never from within; not after the session's end.
  RedisSession(boost::asio::any_io_executor loop, const config::RedisSource& definition,
               std::string password, Duration timeout, std::function<void(RedisAnswer)> done);
  ~RedisSession();
  RedisSession(const RedisSession&) = delete;
  RedisSession& operator=(const RedisSession&) = delete;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
