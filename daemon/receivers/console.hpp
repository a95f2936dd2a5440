// The console: a notice as lines of text on standard output, which under systemd is the journal.
#pragma once

#include <string>

#include "loop/log_line.hpp"
#include "loop/worker_pool.hpp"
#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"

namespace tocsin::receivers {

/// The whole notice, each line with its newline. Pure.
[[nodiscard]] std::string console_text(const Delivery& delivery, loop::log::Style style);

class Console : public Receiver {
 public:
  Console(boost::asio::any_io_executor loop, Duration timeout, int descriptor);
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override;

 private:
  Duration timeout_;
  int descriptor_;
  loop::WorkerPool writer_;  ///< a terminal that was stopped, or a stuck journal, stops a thread
};

}  // namespace tocsin::receivers
