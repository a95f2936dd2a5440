#include "sources/redis.hpp"

#include <optional>
#include <utility>

#include "loop/clock.hpp"
#include "loop/secrets.hpp"
#include "sources/exposition.hpp"
#include "sources/redis_info.hpp"
#include "sources/redis_session.hpp"

namespace tocsin::sources {
namespace {

class RedisTarget final : public Source {
 public:
  RedisTarget(const config::RedisSource& definition, Duration timeout,
              boost::asio::any_io_executor loop)
      : definition_(definition), timeout_(timeout), loop_(std::move(loop)) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    Result<std::string> password = loop::read_secret(definition_.password);
    if (!password) {
      scrape.outcome = ScrapeOutcome::unavailable;
      scrape.detail = password.error().within("password").text;
      done(std::move(scrape));
      return;
    }
    session_.emplace(loop_, definition_, *std::move(password), timeout_,
                     [this, scrape, started = loop::now().boot,
                      tell = std::move(done)](const RedisAnswer& answer) mutable {
                       session_.reset();
                       scrape.took = loop::now().boot - started;
                       fill(scrape, answer);
                       tell(std::move(scrape));
                     });
  }

  void cancel() override { session_.reset(); }

 private:
  static void fill(Scrape& scrape, const RedisAnswer& answer) {
    scrape.outcome = answer.outcome;
    scrape.detail = answer.detail;
    if (answer.outcome != ScrapeOutcome::answered) return;
    Exposition out;
    out.gauge("redis_up", "1 where INFO was answered.").add(1);
    out.gauge("redis_ping_seconds", "A PING's way there and back.").add(answer.ping_seconds);
    if (!add_redis_info(answer.info, out)) {
      scrape.outcome = ScrapeOutcome::not_metrics;
      scrape.detail = "what answers to INFO tells nothing that Redis would";
      return;
    }
    scrape.body = out.text();
  }

  config::RedisSource definition_;
  Duration timeout_;
  boost::asio::any_io_executor loop_;
  std::optional<RedisSession> session_;
};

}  // namespace

std::unique_ptr<Source> make_redis_source(const config::RedisSource& definition, Duration timeout,
                                          boost::asio::any_io_executor loop) {
  return std::make_unique<RedisTarget>(definition, timeout, std::move(loop));
}

}  // namespace tocsin::sources
