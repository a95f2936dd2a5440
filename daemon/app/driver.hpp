// Feeds the engine and carries out its steps: records to storage, notices to receivers, answers to
// whoever asked, one timer for the deadline. Steps are carried out whole and in their order, also
// where carrying one out makes the next. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "loop/boot_timer.hpp"
#include "storage/storage.hpp"
#include "tocsin/engine/engine.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::app {

/// What steps need done outside.
struct Hands {
  std::function<void(const Delivery&, std::function<void(DeliveryOutcome)>)> deliver;
  /// Answers with commands (AcknowledgedThere), none where nobody acknowledged.
  std::function<void(const engine::AckPoll&, std::function<void(std::vector<Command>)>)> poll;
};

class Driver {
 public:
  Driver(const boost::asio::any_io_executor& loop, engine::Engine engine, storage::Storage& storage,
         Hands hands);

  void restored(Records records);
  /// Samples of an earlier life.
  void remembered(series::Memory memory);
  [[nodiscard]] series::Segment take_history() { return engine_.take_history(); }
  void scraped(const Scrape& scrape);
  /// `done` is called once, when the engine answers. The request's number is given here.
  void commanded(Command command, std::function<void(const Reply&)> done);
  void configured(config::EngineConfig config);

  /// Calls `done` with the next answer that a receiver gives to this delivery.
  void await_outcome(DeliveryId delivery, std::function<void(const DeliveryOutcome&)> done);

  /// From here on nothing new is sent and no deadline is kept; answers are still taken in.
  void wind_down();
  [[nodiscard]] std::size_t sends_in_flight() const { return sends_in_flight_; }
  /// Called when the last send under way has been answered.
  void when_quiet(std::function<void()> quiet);

  [[nodiscard]] const engine::Engine& engine() const { return engine_; }
  /// When the engine's deadline falls due, or fell due and has not been taken; where it was past
  /// already when the engine named it, that moment. None where nothing is waited for.
  [[nodiscard]] std::optional<BootTime> due() const { return due_; }
  /// For what only looks but needs an engine that may be changed: evaluating adds to what it knows
  /// of the targets behind the series.
  [[nodiscard]] engine::Engine& evaluator() { return engine_; }

 private:
  void take(engine::Step step);
  void carry_out(engine::Step& step);
  void commit(engine::Step& step);
  void send(const Delivery& delivery);
  void poll(const engine::AckPoll& poll);
  void answer(const Reply& reply);
  void keep_deadline(std::optional<BootTime> wake);
  void forget_deadline();

  engine::Engine engine_;
  storage::Storage& storage_;
  std::string storage_said_;  ///< with the last commit's answer
  Hands hands_;
  loop::BootTimer wake_;
  std::optional<BootTime> deadline_;  ///< that wake_ is set to
  std::optional<BootTime> due_;
  std::deque<engine::Step> steps_;
  bool carrying_out_ = false;
  bool winding_down_ = false;
  std::size_t sends_in_flight_ = 0;
  std::uint64_t next_request_ = 1;
  std::map<RequestId, std::function<void(const Reply&)>> askers_;
  std::multimap<DeliveryId, std::function<void(const DeliveryOutcome&)>> watchers_;
  std::function<void()> quiet_;
};

}  // namespace tocsin::app
