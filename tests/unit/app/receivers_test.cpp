// Risk: a reload loses an answer that is under way, or a receiver that something is owed to.
#include "app/receivers.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace tocsin::app;

namespace {

struct FakeReceiver : receivers::Receiver {
  FakeReceiver(std::string its_name, std::vector<std::string>& log)
      : name(std::move(its_name)), gone(log) {}
  ~FakeReceiver() override { gone.push_back(name); }
  FakeReceiver(const FakeReceiver&) = delete;
  FakeReceiver& operator=(const FakeReceiver&) = delete;
  void deliver(const Delivery&, std::function<void(DeliveryOutcome)> done) override {
    under_way.push_back(std::move(done));
  }
  std::string name;
  std::vector<std::string>& gone;
  std::vector<std::function<void(DeliveryOutcome)>> under_way;
};

config::ReceiverDefinition defined(const std::string& name, const std::string& definition) {
  config::ReceiverDefinition out;
  out.receiver.name = name;
  out.receiver.definition = definition;
  return out;
}

struct ReceiversWorld {
  std::vector<FakeReceiver*> made;
  std::vector<std::string> gone;
  Receivers receivers{maker()};

  Receivers::Maker maker() {
    Receivers::Maker maker;
    maker.receiver = [this](const config::ReceiverDefinition& definition) {
      auto fake = std::make_unique<FakeReceiver>(definition.receiver.definition, gone);
      made.push_back(fake.get());
      return fake;
    };
    maker.definition = [](const RetiredReceiver& retired) -> Result<config::ReceiverDefinition> {
      if (retired.definition == "broken") return fail(ErrorCode::corrupt, "broken");
      return defined(retired.name, retired.definition);
    };
    return maker;
  }
  /// How the delivery ended, or "" so far.
  std::shared_ptr<std::string> deliver(const std::string& to) {
    auto ended = std::make_shared<std::string>();
    Delivery delivery;
    delivery.receiver = to;
    receivers.deliver(delivery, [ended](const DeliveryOutcome& outcome) {
      *ended = outcome.result == DeliveryResult::delivered ? "yes" : outcome.detail;
    });
    return ended;
  }
};

}  // namespace

TEST_CASE("receivers: one whose definition is equal is kept over a reload") {
  ReceiversWorld world;
  world.receivers.configure({defined("a", "a1")});
  world.receivers.configure({defined("a", "a1"), defined("b", "b1")});
  CHECK(world.made.size() == 2);
  world.receivers.configure({defined("a", "a2"), defined("b", "b1")});
  CHECK(world.made.size() == 3);
  CHECK(world.gone == std::vector<std::string>{"a1"});
}

TEST_CASE("receivers: a replaced one lives until its last answer has come") {
  ReceiversWorld world;
  world.receivers.configure({defined("a", "a1")});
  const auto ended = world.deliver("a");
  world.receivers.configure({defined("a", "a2")});
  CHECK(world.gone.empty());
  world.made[0]->under_way[0]({});
  CHECK(*ended == "yes");
  static_cast<void>(world.deliver("a"));
  CHECK(world.gone == std::vector<std::string>{"a1"});
  CHECK(world.made[1]->under_way.size() == 1);
}

TEST_CASE("receivers: a removed one stays for as long as something is owed to it") {
  ReceiversWorld world;
  world.receivers.configure({defined("a", "a1"), defined("b", "b1")});
  world.receivers.configure({defined("b", "b1")});
  world.receivers.retire({{"a", "a1"}});
  static_cast<void>(world.deliver("a"));
  CHECK(world.made[0]->under_way.size() == 1);
  world.made[0]->under_way[0]({});
  world.receivers.retire({});
  CHECK(world.gone == std::vector<std::string>{"a1"});
  CHECK(*world.deliver("a") == "there is no such receiver any more");
}

TEST_CASE("receivers: one that was removed before a restart is made from its definition") {
  ReceiversWorld world;
  world.receivers.configure({});
  world.receivers.retire({{"a", "a1"}, {"b", "broken"}});
  REQUIRE(world.made.size() == 1);
  static_cast<void>(world.deliver("a"));
  CHECK(world.made[0]->under_way.size() == 1);
  CHECK(*world.deliver("b") == "there is no such receiver any more");
}

TEST_CASE("receivers: acknowledgements found by a poll become commands of whoever gave them") {
  struct Polled : receivers::Receiver {
    void deliver(const Delivery&, std::function<void(DeliveryOutcome)> done) override { done({}); }
    void poll(std::vector<std::string> keys,
              std::function<void(std::vector<receivers::AcknowledgedKey>)> done) override {
      done({{keys.at(0), "grace"}, {keys.at(1), ""}});
    }
  };
  Receivers::Maker maker;
  maker.receiver = [](const config::ReceiverDefinition&) { return std::make_unique<Polled>(); };
  Receivers receivers(std::move(maker));
  receivers.configure({defined("pager", "p")});
  std::vector<Command> commands;
  receivers.poll({"pager", {"k1", "k2"}}, [&](std::vector<Command> got) { commands = got; });
  REQUIRE(commands.size() == 2);
  CHECK(commands[0].by == "grace");
  CHECK(std::get<AcknowledgedThere>(commands[0].what).dedup_key == "k1");
  CHECK(std::get<AcknowledgedThere>(commands[0].what).receiver == "pager");
  CHECK(commands[1].by == "pager");
}
