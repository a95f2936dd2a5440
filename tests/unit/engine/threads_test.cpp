// Where a receiver keeps an incident's story. Risk: after a restart, or for another incident, the
// story goes on in the wrong place, or in none.
#include <doctest/doctest.h>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

/// The chat answers with a place of its own for each incident.
DeliveryOutcome in_a_thread(const Delivery& delivery) {
  DeliveryOutcome outcome;
  if (delivery.receiver == "chat" && delivery.thread.empty()) {
    outcome.thread = "C1 " + std::to_string(delivery.id.value);
  }
  return outcome;
}

std::vector<std::string> threads_of(const Bench& bench, std::string_view receiver) {
  std::vector<std::string> threads;
  for (const Delivery& delivery : bench.sent) {
    if (delivery.receiver == receiver) threads.push_back(delivery.thread);
  }
  return threads;
}

}  // namespace

TEST_CASE("engine: what a receiver said of its thread comes with the incident's later notices") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.answer = in_a_thread;
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  REQUIRE(bench.told("chat") == std::vector<std::string>{"open 1"});
  const std::string place = "C1 " + std::to_string(bench.sent[0].id.value);
  SUBCASE("at once") {}
  SUBCASE("after a restart") {
    bench.restart(1min);
  }
  SUBCASE("after a reboot") {
    bench.restart(1min, "another-boot");
  }
  bench.run(1min);
  bench.bodies["app"] = "x 2\n";
  bench.run(2min);
  const std::vector<std::string> threads = threads_of(bench, "chat");
  REQUIRE(threads.size() == 2);
  CHECK(threads[0].empty());
  CHECK(threads[1] == place);
  for (const std::string& thread : threads_of(bench, "pager")) CHECK(thread.empty());

  // Another incident has another thread.
  bench.run(1h);
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  CHECK(threads_of(bench, "chat").back().empty());
}

TEST_CASE("engine: a thread is taken from a yes only, and a newer one replaces it") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  int asked = 0;
  bench.answer = [&asked](const Delivery& delivery) {
    DeliveryOutcome outcome = in_a_thread(delivery);
    if (delivery.receiver != "chat") return outcome;
    if (++asked == 1) outcome.result = DeliveryResult::retryable;
    outcome.thread = "C1 " + std::to_string(asked);
    return outcome;
  };
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  bench.bodies["app"] = "x 2\n";
  bench.run(2min);
  CHECK(threads_of(bench, "chat") == std::vector<std::string>{"", "", "C1 2"});
  REQUIRE(bench.stored().incidents.size() == 1);
  REQUIRE(bench.stored().incidents[0].threads.size() == 1);
  CHECK(bench.stored().incidents[0].threads[0].place == "C1 3");
}

TEST_CASE("engine: a summary brings the messages of the incidents that it tells of up to date") {
  auto config = usual_config();
  for (const char* rule : {"A", "B", "C", "D"})
    config.rules.push_back(gauge_rule(rule, std::string(1, *rule), 10));
  Bench bench(config);
  bench.answer = in_a_thread;
  const auto say = [&bench](int value) {
    std::string body;
    for (const char* name : {"A", "B", "C", "D"})
      body += std::string(name) + " " + std::to_string(value) + "\n";
    bench.bodies["app"] = body;
  };
  say(20);
  bench.run(2min);
  REQUIRE(bench.told("chat") == std::vector<std::string>{"open 1", "open 1", "open 1", "open 1"});
  bench.answer = [](const Delivery& delivery) {
    DeliveryOutcome outcome;
    if (delivery.receiver == "chat") outcome.result = DeliveryResult::retryable;
    return outcome;
  };
  say(2);
  bench.run(3min);
  bench.answer = in_a_thread;
  bench.run(20min);
  const auto summary = std::find_if(bench.sent.rbegin(), bench.sent.rend(), [](const auto& sent) {
    return sent.notice.kind == NoticeKind::summary && sent.receiver == "chat";
  });
  REQUIRE(summary != bench.sent.rend());
  CHECK(summary->stories.size() == 4);
  for (const StoryUpdate& story : summary->stories) {
    CHECK(story.thread.starts_with("C1 "));
    CHECK(story.notice.kind == NoticeKind::closed);
  }
}
