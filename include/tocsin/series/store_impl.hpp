// What a store is made of. For the sources of this room alone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tocsin/series/catalog.hpp"
#include "tocsin/series/store.hpp"

namespace tocsin::series {

/// A series as the last body wrote it: the next body most likely has the same bytes in the same
/// place, and then nothing needs to be parsed or looked up.
struct KnownSeries {
  std::size_t offset = 0;  ///< of its bytes in KnownOrder::bytes
  std::size_t length = 0;
  Series* series = nullptr;  ///< none where it was refused or has been forgotten
};

/// The series of the last body, in its order.
struct KnownOrder {
  std::string bytes;
  std::vector<KnownSeries> all;

  [[nodiscard]] std::string_view text(std::size_t i) const {
    return std::string_view(bytes).substr(all[i].offset, all[i].length);
  }
  /// Room for about as many as `other` has.
  void reserve(const KnownOrder& other) {
    bytes.reserve(other.bytes.size());
    all.reserve(other.all.size());
  }
  void add(std::string_view text, Series* series) {
    all.push_back({bytes.size(), text.size(), series});
    bytes += text;
  }
};

struct TargetState {
  Origin origin;
  TargetSeries how;
  KnownOrder known;
  std::vector<Series*> abandoned;  ///< to be ended at the next tick
  std::unordered_map<std::string, Series*, TextHash, std::equal_to<>> own;
};

struct RecordState {
  Origin origin;
  std::vector<Series*> series;  ///< that have not ended
};

struct Store::Impl {
  StoreLimits limits;
  Catalog catalog;
  std::unordered_map<TargetId, std::unique_ptr<TargetState>> targets;
  std::map<std::string, std::unique_ptr<RecordState>, std::less<>> records;
  Millis keep = 0;
  Millis newest = 0;
  Millis last_sweep = 0;
  std::uint64_t bodies = 0;
  std::uint32_t next_number = 1;  ///< in the history

  TargetState& target(TargetId id);
  RecordState& record(std::string_view name);
  void advance(Millis tick);
  /// Room for one more series of these labels, besides so many that are about to come.
  [[nodiscard]] bool has_room(const Labels& labels, std::size_t coming = 0) const;
  void forget_doomed();
  /// Ends series of labels that the target no longer has.
  void end_abandoned(TargetState& target, Millis tick);
  bool append(Series& series, Millis tick, double value) {
    return series.append({tick, value}, newest - keep);
  }
};

}  // namespace tocsin::series
