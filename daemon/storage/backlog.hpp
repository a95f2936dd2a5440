// Records that wait to be written, merged: of each object the latest, of the story every line, in
// order. Within a bound: objects are the engine's and bounded by its limits, so when the bound is
// reached it is the oldest lines of the story that are dropped, and counted.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/model/record.hpp"

namespace tocsin::storage {

struct PendingRecord {
  StepNumber step;
  Record record;
};

class Backlog {
 public:
  explicit Backlog(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Steps are added in ascending order.
  void add(StepNumber step, std::vector<Record> records);
  /// Puts back what was taken and could not be written: what was added since is newer and stays.
  void put_back(Backlog older);
  /// Takes everything; leaves it empty.
  [[nodiscard]] Backlog take();

  [[nodiscard]] bool empty() const { return objects_.empty() && lines_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Lines of the story that were dropped so far.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// By identity.
  [[nodiscard]] const std::map<std::string, PendingRecord>& objects() const { return objects_; }
  [[nodiscard]] const std::deque<PendingRecord>& lines() const { return lines_; }

 private:
  void keep_within_bound();
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::map<std::string, PendingRecord> objects_;
  std::deque<PendingRecord> lines_;
};

}  // namespace tocsin::storage
