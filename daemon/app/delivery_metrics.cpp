#include "app/own_metrics.hpp"

namespace tocsin::app {

namespace {

std::uint64_t count_of(const std::map<std::string, std::uint64_t>& counts,
                       const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

void receiver_metrics(const View& view, const engine::Status& status, Families& out) {
  const engine::Counters& counts = view.engine.counters();
  auto deliveries = counter(out, "tocsin_deliveries_total",
                            "Attempts to deliver a notice, by receiver and its answer.");
  for (const engine::ReceiverStatus& receiver : status.receivers) {
    const std::string& name = receiver.name;
    deliveries.add({{"receiver", name}, {"result", "delivered"}},
                   as_double(count_of(counts.deliveries_delivered, name)));
    deliveries.add({{"receiver", name}, {"result", "retried"}},
                   as_double(count_of(counts.deliveries_retried, name)));
    deliveries.add({{"receiver", name}, {"result", "refused"}},
                   as_double(count_of(counts.deliveries_refused, name)));
  }
  auto refuses = gauge(out, "tocsin_receiver_refuses",
                       "1 where the receiver's last answer was a permanent no, or where a secret "
                       "that it needs cannot be read.");
  for (const engine::ReceiverStatus& receiver : status.receivers)
    refuses.add({{"receiver", receiver.name}},
                receiver.refuses || !view.receivers.known_trouble(receiver.name).empty() ? 1 : 0);
  auto failures = gauge(out, "tocsin_receiver_consecutive_failures",
                        "Attempts in a row that the receiver did not say yes to.");
  for (const engine::ReceiverStatus& receiver : status.receivers)
    failures.add({{"receiver", receiver.name}}, receiver.consecutive_failures);
  auto waiting = gauge(out, "tocsin_receiver_waiting", "Notices that wait for the receiver's yes.");
  for (const engine::ReceiverStatus& receiver : status.receivers)
    waiting.add({{"receiver", receiver.name}}, as_double(receiver.waiting));
}

}  // namespace

void delivery_metrics(const View& view, const engine::Status& status, Families& out) {
  const engine::Engine& engine = view.engine;
  const engine::Counters& counts = engine.counters();
  receiver_metrics(view, status, out);
  gauge(out, "tocsin_outbox_length", "Notices that are not delivered yet.")
      .add({}, as_double(status.outbox));
  gauge(out, "tocsin_outbox_limit", "Notices that may wait at once.")
      .add({}, as_double(engine.config().limits.outbox));
  counter(out, "tocsin_steps_total", "Steps of the engine.").add({}, as_double(counts.steps));
  counter(out, "tocsin_steps_not_recorded_total",
          "Steps whose notices left before storage had them.")
      .add({}, as_double(counts.steps_not_recorded));
  gauge(out, "tocsin_steps_uncommitted", "Steps that storage has not confirmed yet.")
      .add({}, as_double(status.steps_uncommitted));
  gauge(out, "tocsin_storage_degraded",
        "1 while storage does not record in time and notices leave unrecorded.")
      .add({}, status.storage_degraded ? 1 : 0);
}

}  // namespace tocsin::app
