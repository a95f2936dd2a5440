#include "app/history_feed.hpp"

#include <utility>

#include "loop/clock.hpp"
#include "loop/log.hpp"

namespace tocsin::app {

void HistoryFeed::configure(const config::Storage& storage) {
  settings_ = storage;
  if (!wanted()) {
    timer_.cancel();
    return;
  }
  if (!history_) begin();
  wait();
}

void HistoryFeed::begin() {
  history_.emplace(settings_.path, loop::boot_id(), [](const std::string& trouble) {
    if (trouble.empty()) {
      loop::log::info("history: samples are kept again");
    } else {
      loop::log::warning("history: " + trouble);
    }
  });
  const Now now = loop::now();
  std::string warning;
  auto memory = history_->load(driver_.engine().store().kept_for(), now, warning);
  if (!warning.empty()) loop::log::warning("history: " + warning);
  if (!memory.series.empty()) {
    loop::log::info("history: " + std::to_string(memory.series.size()) +
                    " series of what was before this start are known");
  }
  driver_.remembered(std::move(memory));
}

void HistoryFeed::feed() {
  history_->write(driver_.take_history(), loop::now(),
                  {settings_.history, settings_.history_bytes});
}

void HistoryFeed::wait() {
  timer_.at(loop::now().boot + settings_.history_every, [this] {
    feed();
    wait();
  });
}

void HistoryFeed::end() {
  timer_.cancel();
  if (history_ && wanted()) feed();
  history_.reset();
}

std::optional<storage::HistoryFigures> HistoryFeed::figures() const {
  if (!history_ || !wanted()) return std::nullopt;
  return history_->figures();
}

}  // namespace tocsin::app
