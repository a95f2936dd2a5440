#include "app/driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "loop/clock.hpp"
#include "loop/log.hpp"

namespace tocsin::app {

namespace {

loop::log::Level level_of(const engine::LogLine& line) {
  switch (line.level) {
    case engine::LogLine::Level::info:
      return loop::log::Level::info;
    case engine::LogLine::Level::warning:
      return loop::log::Level::warning;
    case engine::LogLine::Level::error:
      return loop::log::Level::error;
    case engine::LogLine::Level::emergency:
      break;
  }
  return loop::log::Level::emergency;
}

void write_log(const engine::LogLine& line) {
  std::vector<loop::log::Field> fields;
  const auto add = [&fields](std::string_view name, std::string value) {
    if (!value.empty()) fields.push_back({name, std::move(value)});
  };
  if (line.about.incident) add("TOCSIN_INCIDENT", std::to_string(line.about.incident.value));
  add("TOCSIN_RULE", line.about.rule);
  add("TOCSIN_RECEIVER", line.about.receiver);
  add("TOCSIN_TARGET", line.about.target);
  loop::log::write(level_of(line), line.text, fields);
}

}  // namespace

Driver::Driver(const boost::asio::any_io_executor& loop, engine::Engine engine,
               storage::Storage& storage, Hands hands)
    : engine_(std::move(engine)), storage_(storage), hands_(std::move(hands)), wake_(loop) {}

void Driver::restored(Records records) {
  take(engine_.restored(std::move(records), loop::now()));
}

void Driver::remembered(series::Memory memory) {
  take(engine_.remembered(std::move(memory), loop::now()));
}

void Driver::scraped(const Scrape& scrape) {
  take(engine_.scraped(scrape, loop::now()));
}

void Driver::configured(config::EngineConfig config) {
  take(engine_.configured(std::move(config), loop::now()));
}

void Driver::commanded(Command command, std::function<void(const Reply&)> done) {
  command.request = RequestId(next_request_++);
  askers_.emplace(command.request, std::move(done));
  take(engine_.commanded(command, loop::now()));
}

void Driver::await_outcome(DeliveryId delivery, std::function<void(const DeliveryOutcome&)> done) {
  watchers_.emplace(delivery, std::move(done));
}

void Driver::wind_down() {
  winding_down_ = true;
  forget_deadline();
}

void Driver::when_quiet(std::function<void()> quiet) {
  quiet_ = std::move(quiet);
}

void Driver::take(engine::Step step) {
  steps_.push_back(std::move(step));
  if (carrying_out_) return;
  carrying_out_ = true;
  while (!steps_.empty()) {
    engine::Step next = std::move(steps_.front());
    steps_.pop_front();
    carry_out(next);
  }
  carrying_out_ = false;
}

void Driver::carry_out(engine::Step& step) {
  for (const engine::LogLine& line : step.log) write_log(line);
  if (!step.records.empty()) commit(step);
  // Before the sends: who asked for a test notice watches for its answer.
  for (const Reply& reply : step.replies) answer(reply);
  if (!winding_down_) {
    for (const Delivery& delivery : step.send) send(delivery);
    for (const engine::AckPoll& asked : step.polls) poll(asked);
  }
  // A step that waits behind this one was made later and knows the deadline better.
  if (steps_.empty()) keep_deadline(step.wake);
}

void Driver::commit(engine::Step& step) {
  const StepNumber number = step.number;
  storage_.commit(
      number, std::move(step.records), [this, number](bool ok, const std::string& said) {
        // Once for each trouble, not for each step that it hits.
        if (said != storage_said_ && !said.empty()) loop::log::warning("storage: " + said);
        storage_said_ = said;
        const auto outcome = ok ? engine::CommitOutcome::committed : engine::CommitOutcome::failed;
        take(engine_.committed(number, outcome, loop::now(), ok ? "" : said));
      });
}

void Driver::send(const Delivery& delivery) {
  ++sends_in_flight_;
  const DeliveryId id = delivery.id;
  hands_.deliver(delivery, [this, id](const DeliveryOutcome& outcome) {
    --sends_in_flight_;
    const auto [first, last] = watchers_.equal_range(id);
    std::vector<std::function<void(const DeliveryOutcome&)>> watching;
    for (auto it = first; it != last; ++it) watching.push_back(std::move(it->second));
    watchers_.erase(first, last);
    for (const auto& watcher : watching) watcher(outcome);
    take(engine_.delivered(id, outcome, loop::now()));
    if (sends_in_flight_ == 0 && quiet_) std::exchange(quiet_, nullptr)();
  });
}

void Driver::poll(const engine::AckPoll& poll) {
  hands_.poll(poll, [this](std::vector<Command> commands) {
    const auto nobody_waits = [](const Reply&) {};
    for (Command& command : commands) commanded(std::move(command), nobody_waits);
  });
}

void Driver::answer(const Reply& reply) {
  const auto asker = askers_.find(reply.request);
  if (asker == askers_.end()) return;
  const auto done = std::move(asker->second);
  askers_.erase(asker);
  done(reply);
}

void Driver::keep_deadline(std::optional<BootTime> wake) {
  if (winding_down_ || wake == deadline_) return;
  if (!wake) return forget_deadline();
  deadline_ = wake;
  due_ = std::max(*wake, loop::now().boot);
  wake_.at(*wake, [this] {
    deadline_.reset();
    due_.reset();
    take(engine_.woke(loop::now()));
  });
}

void Driver::forget_deadline() {
  wake_.cancel();
  deadline_.reset();
  due_.reset();
}

}  // namespace tocsin::app
