// One body on its way into the store: read as a whole, then taken as a whole. Belongs to the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tocsin/series/exposition.hpp"
#include "tocsin/series/store_impl.hpp"

namespace tocsin::series {

class BodyIntake {
 public:
  BodyIntake(Store::Impl& store, TargetState& target, Millis tick, ExpositionFormat format)
      : store_(store), target_(target), tick_(tick), format_(format), body_(++store.bodies) {}

  Ingested take(std::string_view body);

 private:
  static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

  struct Taken {
    Series* series = nullptr;  ///< none: the series is new
    double value = 0;
    std::uint32_t fresh = kNone;  ///< its labels are fresh_[fresh]
    std::uint32_t place = kNone;  ///< in the new order, where there is one
  };

  /// By the labels that lie at an index of `fresh_`: no second copy of each.
  struct FreshHash {
    const std::vector<Labels>& fresh;
    std::size_t operator()(std::size_t i) const { return fresh[i].hash(); }
  };
  struct FreshEqual {
    const std::vector<Labels>& fresh;
    bool operator()(std::size_t a, std::size_t b) const { return fresh[a] == fresh[b]; }
  };

  std::optional<Error> read(std::string_view body);
  std::optional<Error> read_sample(const ExpositionSample& sample);
  /// A series whose bytes the last body did not have.
  std::optional<Error> meet(const ExpositionSample& sample, Taken& taken);
  std::optional<Error> note_seen(Series& series, const ExpositionSample& sample);
  [[nodiscard]] Labels labelled(std::vector<Label> from_body) const;
  /// kNone where the last body did not have it.
  std::size_t place_of(std::string_view series_text);
  void leave_order();
  void commit();
  void end_missing();

  Store::Impl& store_;
  TargetState& target_;
  Millis tick_;
  ExpositionFormat format_;
  std::uint64_t body_;  ///< its number

  std::size_t next_ = 0;  ///< in the known order
  bool in_order_ = true;
  KnownOrder order_;  ///< this body's, once it has left the known one
  std::unordered_map<std::string_view, std::size_t> places_;
  std::vector<Taken> taken_;
  std::vector<Labels> fresh_;
  std::unordered_set<std::size_t, FreshHash, FreshEqual> fresh_set_{0, FreshHash{fresh_},
                                                                    FreshEqual{fresh_}};
  Ingested result_;
};

}  // namespace tocsin::series
