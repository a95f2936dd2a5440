#include "sources/postgres_client.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <map>
#include <utility>

#include "loop/shared_library.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// The first version that knows what is asked for (backend_type, pg_last_wal_…), and that counts
/// its releases in two parts.
constexpr int kPostgresTwoPartVersions = 100000;

/// The functions that are used.
#define TOCSIN_LIBPQ_FUNCTIONS(each)                                                           \
  each(PQconninfoParse) each(PQconninfoFree) each(PQconnectStartParams) each(PQconnectPoll)    \
      each(PQstatus) each(PQsocket) each(PQfinish) each(PQerrorMessage) each(PQsetnonblocking) \
          each(PQsendQuery) each(PQsendQueryParams) each(PQsetSingleRowMode) each(PQflush)     \
              each(PQconsumeInput) each(PQisBusy) each(PQgetResult) each(PQresultStatus)       \
                  each(PQresultErrorMessage) each(PQclear) each(PQnfields) each(PQntuples)     \
                      each(PQfname) each(PQgetvalue) each(PQgetisnull) each(PQgetlength)       \
                          each(PQserverVersion)

/// By their names, out of the library where it is there.
struct Libpq {
#define TOCSIN_LIBPQ(name) decltype(&::name) name = nullptr;
  TOCSIN_LIBPQ_FUNCTIONS(TOCSIN_LIBPQ)
#undef TOCSIN_LIBPQ
  bool complete = false;

  Libpq() {
    loop::SharedLibrary library("libpq.so.5");
#define TOCSIN_LIBPQ(name) library.find(name, #name);
    TOCSIN_LIBPQ_FUNCTIONS(TOCSIN_LIBPQ)
#undef TOCSIN_LIBPQ
    complete = library.complete();
  }
};

const Libpq& libpq() {
  static const Libpq kLibrary;
  return kLibrary;
}

/// libpq's words: several lines, with the server's own after them, which may quote what it was
/// sent.
std::string pq_words(const char* text, std::string_view password = "") {
  std::string out;
  const std::string shown = without_secret(text == nullptr ? "" : text, password);
  std::string_view rest = shown;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty()) out += (out.empty() ? "" : "; ") + std::string(line);
  }
  return shortened(printable(valid_utf8(out)), 300);
}

bool says_any(std::string_view text, std::initializer_list<std::string_view> phrases) {
  for (const std::string_view phrase : phrases)
    if (text.find(phrase) != std::string_view::npos) return true;
  return false;
}

std::vector<std::string> separated(std::string_view list) {
  std::vector<std::string> all;
  for (;;) {
    const std::size_t comma = list.find(',');
    all.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return all;
    list.remove_prefix(comma + 1);
  }
}

std::string version_text(int number) {
  return number < kPostgresTwoPartVersions
             ? fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100)
             : fmt::format("{}.{}", number / 10000, number % 10000);
}

ScrapeOutcome connect_outcome(std::string_view words) {
  if (says_any(words, {"SSL error", "server certificate", "certificate file", "private key file",
                       "does not support SSL"})) {
    return ScrapeOutcome::tls_failed;
  }
  if (says_any(words, {"password authentication failed", "no password supplied", "pg_hba.conf",
                       "authentication failed", "does not exist", "permission denied for database",
                       "is not permitted to log in"})) {
    return ScrapeOutcome::unauthorized;
  }
  if (says_any(words, {"expected authentication request", "received invalid response",
                       "lost synchronization"})) {
    return ScrapeOutcome::not_metrics;
  }
  if (says_any(words, {"could not connect", "Connection refused", "No such file or directory",
                       "closed the connection", "Connection reset", "could not receive data"})) {
    return ScrapeOutcome::refused;
  }
  return ScrapeOutcome::unavailable;
}

}  // namespace

std::optional<std::size_t> PostgresRows::column(std::string_view name) const {
  for (std::size_t at = 0; at < columns.size(); ++at)
    if (columns[at] == name) return at;
  return std::nullopt;
}

struct PostgresClient::Impl : std::enable_shared_from_this<PostgresClient::Impl> {
  asio::any_io_executor loop;
  asio::ip::tcp::resolver resolver;
  asio::posix::stream_descriptor socket;  ///< libpq's, watched and never closed here
  PGconn* connection = nullptr;
  std::map<std::string, std::string> options;
  struct Place {
    std::string host;
    std::string address;
    std::string port;
  };
  std::vector<std::string> hosts;
  std::vector<Place> places;  ///< where a server may be, in the order of the hosts
  Done done;
  std::uint64_t turn = 0;  ///< what belongs to an earlier call or connection is not heeded
  std::size_t rows_most = 0;
  PostgresOutcome result;

  explicit Impl(asio::any_io_executor executor)
      : loop(std::move(executor)), resolver(loop), socket(loop) {}
  ~Impl() { hang_up(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void let_go() {
    if (socket.is_open()) socket.release();
  }

  void hang_up() {
    ++turn;
    resolver.cancel();
    let_go();
    if (connection != nullptr) libpq().PQfinish(std::exchange(connection, nullptr));
  }

  void finish() {
    ++turn;
    if (const Done tell = std::exchange(done, nullptr)) tell(std::exchange(result, {}));
  }
  void fail(ScrapeOutcome outcome, std::string detail) {
    hang_up();
    result = {outcome, std::move(detail), {}};
    finish();
  }

  template <class Then>
  void watch(bool write, Then then) {
    const int descriptor = libpq().PQsocket(connection);
    if (!socket.is_open() || socket.native_handle() != descriptor) {
      let_go();
      error_code error;
      socket.assign(descriptor, error);
      if (error) return fail(ScrapeOutcome::unavailable, "its socket: " + error.message());
    }
    socket.async_wait(write ? asio::posix::stream_descriptor::wait_write
                            : asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this(), now = turn, then](error_code error) {
                        if (!error && self->turn == now) then(*self);
                      });
  }

  bool read_dsn(const std::string& dsn, const std::string& password) {
    char* words = nullptr;
    PQconninfoOption* const parsed = libpq().PQconninfoParse(dsn.c_str(), &words);
    if (words != nullptr) ::free(words);  // they may quote the password
    if (parsed == nullptr) return false;
    options = {{"application_name", "tocsin"}, {"gssencmode", "disable"}};
    for (const PQconninfoOption* each = parsed; each->keyword != nullptr; ++each)
      if (each->val != nullptr) options[each->keyword] = each->val;
    libpq().PQconninfoFree(parsed);
    if (!password.empty()) options["password"] = password;
    return true;
  }

  void start(const std::string& dsn, const std::string& password) {
    hang_up();
    if (!libpq().complete) {
      return fail(ScrapeOutcome::unavailable,
                  "libpq.so.5 cannot be loaded: the package libpq5 brings it");
    }
    if (!read_dsn(dsn, password)) {
      return fail(ScrapeOutcome::unavailable,
                  "the dsn is no connection string (\"host=… dbname=… user=…\" or postgresql://…)");
    }
    hosts = separated(options["host"]);
    const bool cut_off = std::ranges::any_of(
        hosts, [](const std::string& each) { return each.find('@', 1) != std::string::npos; });
    if (cut_off || options["port"].find_first_not_of("0123456789,") != std::string::npos) {
      return fail(ScrapeOutcome::unavailable,
                  "the dsn's host or port is none: in a password, @ is written %40 and / %2F");
    }
    if (options["host"].empty() || !options["hostaddr"].empty()) return begin();
    const std::vector<std::string> ports = separated(options["port"]);
    places.clear();
    resolve(0, ports);
  }

  /// libpq would wait for the name server, and the loop with it. It tries the places in turn, each
  /// with its host and port.
  void resolve(std::size_t at, const std::vector<std::string>& ports) {
    if (at == hosts.size()) return use_places();
    const std::string& host = hosts[at];
    const std::string port = ports.size() == hosts.size() ? ports[at] : ports.front();
    if (host.empty() || host.front() == '/' || host.front() == '@') {
      places.push_back({host, "", port});
      return resolve(at + 1, ports);
    }
    resolver.async_resolve(
        host, "",
        [self = shared_from_this(), now = turn, at, ports, port](error_code error,
                                                                 const auto& found) {
          if (self->turn != now) return;
          if (!error) {
            for (const auto& each : found) {
              self->places.push_back(
                  {self->hosts[at], each.endpoint().address().to_string(), port});
            }
          }
          self->resolve(at + 1, ports);
        });
  }

  void use_places() {
    if (places.empty()) {
      return fail(ScrapeOutcome::unresolved, "the name " + options["host"] + " does not resolve");
    }
    const auto joined = [this](std::string Place::*part) {
      std::string all;
      for (const Place& each : places) {
        if (&each != &places.front()) all += ',';
        all += each.*part;
      }
      return all;
    };
    options["host"] = joined(&Place::host);
    options["hostaddr"] = joined(&Place::address);
    options["port"] = joined(&Place::port);
    begin();
  }

  void begin() {
    std::vector<const char*> keywords;
    std::vector<const char*> values;
    for (const auto& [keyword, value] : options) {
      if (value.empty()) continue;
      keywords.push_back(keyword.c_str());
      values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    connection = libpq().PQconnectStartParams(keywords.data(), values.data(), 0);
    if (connection == nullptr) return fail(ScrapeOutcome::unavailable, "no memory");
    if (libpq().PQstatus(connection) == CONNECTION_BAD) return refused();
    watch(true, [](Impl& self) { self.poll(); });
  }

  void poll() {
    // Where libpq goes on to another address it closes its socket: the watch must be off it before.
    let_go();
    switch (libpq().PQconnectPoll(connection)) {
      case PGRES_POLLING_READING:
        return watch(false, [](Impl& self) { self.poll(); });
      case PGRES_POLLING_WRITING:
        return watch(true, [](Impl& self) { self.poll(); });
      case PGRES_POLLING_OK:
        libpq().PQsetnonblocking(connection, 1);
        options.clear();
        return greet();
      default:
        return refused();
    }
  }

  void greet() {
    const int version = libpq().PQserverVersion(connection);
    if (version >= kPostgresTwoPartVersions) return finish();
    fail(ScrapeOutcome::unavailable,
         fmt::format("the server's version is {}: PostgreSQL 10 or later is needed",
                     version_text(version)));
  }

  void refused() {
    const std::string words = pq_words(libpq().PQerrorMessage(connection), options["password"]);
    fail(connect_outcome(words), words);
  }

  void sent(int well) {
    if (well != 1) return lost();
    flush();
  }

  void flush() {
    const int left = libpq().PQflush(connection);
    if (left < 0) return lost();
    if (left > 0) watch(true, [](Impl& self) { self.flush(); });
    if (connection != nullptr) watch(false, [](Impl& self) { self.consume(); });
  }

  void consume() {
    if (libpq().PQconsumeInput(connection) != 1) return lost();
    while (libpq().PQisBusy(connection) == 0) {
      PGresult* const part = libpq().PQgetResult(connection);
      if (part == nullptr) return finish();
      const bool copies = take(part);
      libpq().PQclear(part);
      // Of a COPY libpq gives such results without end.
      if (copies) return fail(ScrapeOutcome::not_metrics, "COPY gives no rows: a SELECT does");
      if (result.rows.rows.size() > rows_most) {
        return fail(ScrapeOutcome::too_large, fmt::format("more than {} rows", rows_most));
      }
    }
    if (libpq().PQstatus(connection) == CONNECTION_BAD) return lost();
    watch(false, [](Impl& self) { self.consume(); });
  }

  /// Whether what follows is no rows but the data of a COPY.
  bool take(const PGresult* part) {
    const ExecStatusType status = libpq().PQresultStatus(part);
    if (status == PGRES_COPY_OUT || status == PGRES_COPY_IN || status == PGRES_COPY_BOTH) {
      return true;
    }
    if (status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) return false;
    if (status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE) {
      result.outcome = ScrapeOutcome::unavailable;
      result.detail = pq_words(libpq().PQresultErrorMessage(part));
      if (result.detail.empty()) result.detail = "the statement is none that gives rows";
      return false;
    }
    const int fields = libpq().PQnfields(part);
    if (result.rows.columns.empty()) {
      for (int at = 0; at < fields; ++at)
        result.rows.columns.emplace_back(libpq().PQfname(part, at));
    }
    for (int row = 0; row < libpq().PQntuples(part); ++row) {
      auto& values = result.rows.rows.emplace_back();
      for (int at = 0; at < fields; ++at) {
        const bool null = libpq().PQgetisnull(part, row, at) == 1;
        values.push_back(null ? std::nullopt
                              : std::optional<std::string>(
                                    std::in_place, libpq().PQgetvalue(part, row, at),
                                    static_cast<std::size_t>(libpq().PQgetlength(part, row, at))));
      }
    }
    return false;
  }

  void lost() {
    std::string words = pq_words(libpq().PQerrorMessage(connection));
    fail(ScrapeOutcome::refused, words.empty() ? "the connection is lost" : std::move(words));
  }
};

PostgresClient::PostgresClient(asio::any_io_executor loop)
    : impl_(std::make_shared<Impl>(std::move(loop))) {}

PostgresClient::~PostgresClient() {
  close();
}

void PostgresClient::connect(const std::string& dsn, const std::string& password, Done done) {
  impl_->done = std::move(done);
  impl_->result = {};
  impl_->start(dsn, password);
}

void PostgresClient::command(const std::string& sql, Done done) {
  impl_->done = std::move(done);
  impl_->result = {};
  impl_->rows_most = 0;
  impl_->sent(libpq().PQsendQuery(impl_->connection, sql.c_str()));
}

void PostgresClient::query(const std::string& sql, const std::vector<std::string>& parameters,
                           std::size_t rows_most, Done done) {
  impl_->done = std::move(done);
  impl_->result = {};
  impl_->rows_most = rows_most;
  std::vector<const char*> values;
  for (const std::string& each : parameters) values.push_back(each.c_str());
  const int well =
      libpq().PQsendQueryParams(impl_->connection, sql.c_str(), static_cast<int>(values.size()),
                                nullptr, values.data(), nullptr, nullptr, 0);
  if (well == 1) libpq().PQsetSingleRowMode(impl_->connection);
  impl_->sent(well);
}

void PostgresClient::close() {
  impl_->done = nullptr;
  impl_->hang_up();
}

bool PostgresClient::connected() const {
  return impl_->connection != nullptr;
}

}  // namespace tocsin::sources
