#include "sources/postgres.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "loop/clock.hpp"
#include "loop/secrets.hpp"
#include "sources/postgres_client.hpp"
#include "sources/postgres_queries.hpp"

namespace tocsin::sources {
namespace {

constexpr std::size_t kPostgresRowsMost = 10'000;
constexpr Duration kPostgresFirstWait = std::chrono::seconds(1);
constexpr Duration kPostgresLongestWait = std::chrono::minutes(1);

class PostgresTarget final : public Source {
 public:
  PostgresTarget(const config::PostgresSource& definition, Duration timeout,
                 boost::asio::any_io_executor loop)
      : definition_(definition),
        queries_(postgres_queries(definition)),
        timeout_(timeout),
        client_(loop),
        deadline_(loop) {}
  ~PostgresTarget() override { PostgresTarget::cancel(); }
  PostgresTarget(const PostgresTarget&) = delete;
  PostgresTarget& operator=(const PostgresTarget&) = delete;

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    started_ = loop::now().boot;
    scrape_ = {};
    scrape_.target = target;
    scrape_.tick = tick;
    out_ = {};
    trouble_.clear();
    tell_ = std::move(done);
    if (started_ < not_before_) {
      return fail(last_outcome_,
                  fmt::format("{} (not asked again for {})", last_detail_,
                              format_duration(std::max(Duration(1), not_before_ - started_))));
    }
    doing_ = "could not be reached";
    deadline_.expires_after(timeout_);
    deadline_.async_wait([this, turn = ++turn_](boost::system::error_code error) {
      if (error || turn != turn_) return;
      client_.close();
      wait_longer();
      fail(ScrapeOutcome::timed_out,
           fmt::format("{} within {}", doing_, format_duration(timeout_)));
    });
    kept_ = client_.connected();
    kept_ ? probe() : connect([this] { probe(); });
  }

  void cancel() override {
    ++turn_;
    deadline_.cancel();
    // What is under way cannot be given up but with its connection.
    if (std::exchange(tell_, nullptr)) client_.close();
  }

 private:
  /// `then` goes on with it.
  template <class Then>
  void connect(Then then) {
    Result<std::string> dsn = loop::read_secret(definition_.dsn);
    if (!dsn) return fail(ScrapeOutcome::unavailable, dsn.error().within("dsn").text);
    Result<std::string> password = loop::read_secret(definition_.password);
    if (!password)
      return fail(ScrapeOutcome::unavailable, password.error().within("password").text);
    kept_ = false;
    client_.connect(*dsn, *password, [this, then](const PostgresOutcome& outcome) {
      if (!outcome.good()) {
        wait_longer();
        return fail(outcome.outcome, outcome.detail);
      }
      waits_ = Duration::zero();
      then();
    });
  }

  /// The time that the least of queries takes, as an application would meet it.
  void probe() {
    doing_ = "the probe query was not answered";
    const auto asked = std::chrono::steady_clock::now();
    client_.query("select 1", {}, 1, [this, asked](const PostgresOutcome& outcome) {
      if (!client_.connected() && kept_)
        return connect([this] { probe(); });  // it was hung up on since the last time
      if (!outcome.good()) return fail(outcome.outcome, outcome.detail);
      out_.gauge("pg_up", "1 where the server answers.").add(1);
      out_.gauge("pg_probe_query_seconds", "How long the least of queries took.")
          .add(std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count());
      begin(0);
    });
  }

  /// Each in a transaction of its own: what one spoils is spoilt for no other.
  void begin(std::size_t which) {
    if (which == queries_.size()) {
      if (!client_.connected()) return end();
      return client_.command("rollback", [this](const auto&) { end(); });
    }
    if (!client_.connected()) return connect([this, which] { begin(which); });
    doing_ = fmt::format("query {} was not answered", queries_[which].name);
    const std::string sql = fmt::format(
        "{}begin transaction read only; set local statement_timeout = {}; set local lock_timeout = "
        "{}",
        which == 0 ? "" : "rollback; ", definition_.statement_timeout.count(),
        definition_.statement_timeout.count());
    client_.command(sql, [this, which](const PostgresOutcome& outcome) {
      if (!outcome.good()) return fail(outcome.outcome, outcome.detail);
      ask(which);
    });
  }

  void ask(std::size_t which) {
    const PostgresQuery& query = queries_[which];
    client_.query(query.sql, query.parameters, kPostgresRowsMost,
                  [this, which, &query](const PostgresOutcome& outcome) {
                    std::string trouble =
                        outcome.good() ? query.add(outcome.rows, out_) : outcome.detail;
                    out_.gauge("pg_scrape_collector_success",
                               "1 where a query was answered well: server, activity, databases, "
                               "standbys, and your own by their names.")
                        .add({{"collector", query.name}}, trouble.empty() ? 1 : 0);
                    if (!trouble.empty()) {
                      trouble_ += fmt::format("{}query {}: {}", trouble_.empty() ? "" : "; ",
                                              query.name, trouble);
                    }
                    if (!client_.connected() && outcome.outcome == ScrapeOutcome::refused)
                      return fail(outcome.outcome, trouble_);
                    begin(which + 1);
                  });
  }

  void end() {
    scrape_.body = out_.text();
    scrape_.detail = trouble_;
    finish();
  }

  void fail(ScrapeOutcome outcome, std::string detail) {
    last_outcome_ = outcome;
    if (started_ >= not_before_ || last_detail_.empty()) last_detail_ = detail;
    scrape_.outcome = outcome;
    scrape_.detail = std::move(detail);
    finish();
  }

  void finish() {
    ++turn_;
    deadline_.cancel();
    scrape_.took = loop::now().boot - started_;
    if (const auto tell = std::exchange(tell_, nullptr)) tell(std::exchange(scrape_, {}));
  }

  void wait_longer() {
    waits_ = waits_ == Duration::zero() ? kPostgresFirstWait
                                        : std::min(waits_ * 2, kPostgresLongestWait);
    not_before_ = loop::now().boot + waits_;
  }

  config::PostgresSource definition_;
  std::vector<PostgresQuery> queries_;
  Duration timeout_;
  PostgresClient client_;
  boost::asio::steady_timer deadline_;
  std::function<void(Scrape)> tell_;
  Scrape scrape_;
  Exposition out_;
  std::string trouble_;
  std::string doing_;
  BootTime started_;
  std::uint64_t turn_ = 0;
  bool kept_ = false;  ///< the connection is one of an earlier scrape
  Duration waits_{};   ///< after a failure to connect, before the next attempt
  BootTime not_before_;
  ScrapeOutcome last_outcome_ = ScrapeOutcome::answered;
  std::string last_detail_;
};

}  // namespace

std::unique_ptr<Source> make_postgres_source(const config::PostgresSource& definition,
                                             Duration timeout, boost::asio::any_io_executor loop) {
  return std::make_unique<PostgresTarget>(definition, timeout, std::move(loop));
}

}  // namespace tocsin::sources
