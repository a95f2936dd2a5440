// The only file with SQLite: a connection and its statements, failures as values. Used on one
// thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tocsin::storage {

/// One prepared statement. Its connection outlives it.
class Statement {
 public:
  /// Parameters count from 1.
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view value);
  Statement& bind_null(int parameter);
  Statement& bind_bytes(int parameter, std::string_view bytes);
  /// True: a row is there; false: there are no more.
  [[nodiscard]] Result<bool> step();
  /// Runs to the end and makes it ready for the next parameters.
  [[nodiscard]] Result<void> run();
  /// Columns count from 0; text and bytes are valid until the next step.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Access {
    read_write,  ///< makes the file where it is missing
    read_only,
    read_frozen,  ///< read-only without any lock or write-ahead log: for folders that take no file
  };
  /// ErrorCode::corrupt where the file is no database or contradicts itself, otherwise unavailable
  /// or exhausted (the disk is full).
  [[nodiscard]] static Result<Database> open(const std::string& path, Access access);

  [[nodiscard]] Result<void> execute(const char* sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  /// The first column of the first row of a statement that gives a number.
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql);
  /// Ends a transaction that failed; harmless where none is open.
  void roll_back();

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace tocsin::storage
