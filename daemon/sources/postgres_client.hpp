// One connection to a PostgreSQL server, by libpq's asynchronous interface on the loop. libpq is
// loaded when the first connection is made: where it is not used it costs nothing, and where it is
// not installed that is said. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/model/scrape.hpp"

namespace tocsin::sources {

struct PostgresRows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  ///< none: SQL's null

  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
};

struct PostgresOutcome {
  ScrapeOutcome outcome = ScrapeOutcome::answered;
  std::string detail;  ///< of a failure: what the server or libpq says, in one line, no secret
  PostgresRows rows;
  [[nodiscard]] bool good() const { return outcome == ScrapeOutcome::answered; }
};

class PostgresClient {
 public:
  using Done = std::function<void(PostgresOutcome)>;

  explicit PostgresClient(boost::asio::any_io_executor loop);
  /// No `done` is called any more.
  ~PostgresClient();
  PostgresClient(const PostgresClient&) = delete;
  PostgresClient& operator=(const PostgresClient&) = delete;

  /// Hangs up where there is a connection, and makes a new one. `dsn` is a connection string or
  /// URI; a password that is not empty stands above its own. One call at a time, of either kind;
  /// `done` is called on the loop, possibly from within.
  void connect(const std::string& dsn, const std::string& password, Done done);
  /// Several statements without a result ("BEGIN; SET …").
  void command(const std::string& sql, Done done);
  /// One statement; more rows than `rows_most` are a failure that ends the connection.
  void query(const std::string& sql, const std::vector<std::string>& parameters,
             std::size_t rows_most, Done done);
  void close();
  [[nodiscard]] bool connected() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
