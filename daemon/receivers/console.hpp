// The console: a notice as lines of text on standard output, which under systemd is the journal.
#pragma once

#include <string>
#include <string_view>

#include "loop/log_line.hpp"
#include "loop/worker_pool.hpp"
#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"
#include "receivers/wording.hpp"

namespace tocsin::receivers {

/// The whole notice, each line with its newline. Pure.
[[nodiscard]] std::string console_text(const Delivery& delivery, loop::log::Style style,
                                       std::string_view program = kProgram);

class Console : public Receiver {
 public:
  Console(boost::asio::any_io_executor loop, Duration timeout, int descriptor,
          std::string program = std::string(kProgram));
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override;

 private:
  Duration timeout_;
  int descriptor_;
  std::string program_;
  loop::WorkerPool writer_;  ///< a terminal that was stopped, or a stuck journal, stops a thread
};

}  // namespace tocsin::receivers
