#include "app/receivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "loop/log.hpp"
#include "loop/secrets.hpp"

namespace tocsin::app {

namespace {

/// Those without which nothing can be sent.
struct SecretsNeeded {
  using Secrets = std::vector<config::Secret>;
  static Secrets with(const config::HttpOptions& http, Secrets more) {
    more.push_back(http.password);
    more.push_back(http.bearer);
    return more;
  }
  Secrets operator()(const config::ConsoleReceiver&) const { return {}; }
  Secrets operator()(const config::SlackReceiver& slack) const {
    return with(slack.http, {slack.webhook, slack.token});
  }
  Secrets operator()(const config::PagerDutyReceiver& pager) const {
    return with(pager.http, {pager.routing_key});
  }
  Secrets operator()(const config::WebhookReceiver& hook) const {
    Secrets secrets{hook.url, hook.signing_secret};
    for (const config::HttpHeader& header : hook.headers) secrets.push_back(header.value);
    return with(hook.http, std::move(secrets));
  }
  Secrets operator()(const config::EmailReceiver& email) const { return {email.password}; }
};

}  // namespace

void Receivers::configure(const std::vector<config::ReceiverDefinition>& definitions) {
  for (const auto& [name, slot] : slots_) slot->configured = false;
  for (const config::ReceiverDefinition& definition : definitions) {
    std::shared_ptr<Slot>& slot = slots_[definition.receiver.name];
    const bool same = slot && slot->definition == definition.receiver.definition &&
                      slot->timeout == definition.timeout;
    if (!same) {
      if (slot) let_go(std::move(slot));
      slot = std::make_shared<Slot>();
      slot->definition = definition.receiver.definition;
      slot->timeout = definition.timeout;
      slot->receiver = make_.receiver(definition);
      slot->secrets = std::visit(SecretsNeeded{}, definition.kind);
    }
    slot->configured = true;
    look_at_secrets(*slot);
    if (!slot->trouble.empty()) {
      const std::vector<loop::log::Field> about = {{"TOCSIN_RECEIVER", definition.receiver.name}};
      loop::log::write(loop::log::Level::error,
                       fmt::format("receiver {} cannot be told anything: {}",
                                   definition.receiver.name, slot->trouble),
                       about);
    }
  }
}

void Receivers::retire(const std::vector<RetiredReceiver>& needed) {
  const auto is_needed = [&](const std::string& name) {
    return std::any_of(needed.begin(), needed.end(),
                       [&](const RetiredReceiver& retired) { return retired.name == name; });
  };
  for (auto it = slots_.begin(); it != slots_.end();) {
    if (it->second->configured || is_needed(it->first)) {
      ++it;
    } else {
      let_go(std::move(it->second));
      it = slots_.erase(it);
    }
  }
  for (const RetiredReceiver& retired : needed) {
    if (slots_.contains(retired.name)) continue;
    const auto definition = make_.definition(retired);
    if (!definition) {
      loop::log::error(fmt::format("the removed receiver {} cannot be revived: {}", retired.name,
                                   definition.error().text));
      continue;
    }
    auto slot = std::make_shared<Slot>();
    slot->definition = retired.definition;
    slot->timeout = definition->timeout;
    slot->receiver = make_.receiver(*definition);
    slot->secrets = std::visit(SecretsNeeded{}, definition->kind);
    slots_.emplace(retired.name, std::move(slot));
  }
}

std::string Receivers::trouble(const std::string& name) const {
  const auto found = slots_.find(name);
  if (found == slots_.end()) return "";
  look_at_secrets(*found->second);
  return found->second->trouble;
}

std::string Receivers::known_trouble(const std::string& name) const {
  const auto found = slots_.find(name);
  return found == slots_.end() || found->second->trouble.empty() ? "" : trouble(name);
}

void Receivers::look_at_secrets(const Slot& slot) {
  slot.trouble.clear();
  for (const config::Secret& secret : slot.secrets) {
    const Result<std::string> read = loop::read_secret(secret);
    if (read) continue;
    slot.trouble = read.error().text;
    return;
  }
}

void Receivers::deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) {
  std::erase_if(leaving_, [](const auto& slot) { return slot->awaited == 0; });
  const auto found = slots_.find(delivery.receiver);
  if (found == slots_.end()) {
    DeliveryOutcome gone;
    gone.result = DeliveryResult::permanent;
    gone.detail = "there is no such receiver any more";
    done(gone);
    return;
  }
  Slot* const slot = found->second.get();
  ++slot->awaited;
  slot->receiver->deliver(delivery, [slot, tell = std::move(done)](DeliveryOutcome outcome) {
    --slot->awaited;
    tell(std::move(outcome));
  });
}

void Receivers::poll(const engine::AckPoll& asked, std::function<void(std::vector<Command>)> done) {
  const auto found = slots_.find(asked.receiver);
  if (found == slots_.end()) return done({});
  const auto told = [receiver = asked.receiver,
                     tell = std::move(done)](std::vector<receivers::AcknowledgedKey> keys) {
    std::vector<Command> commands;
    for (receivers::AcknowledgedKey& key : keys) {
      Command command;
      command.by = key.by.empty() ? receiver : std::move(key.by);
      command.what = AcknowledgedThere{receiver, std::move(key.dedup_key)};
      commands.push_back(std::move(command));
    }
    tell(std::move(commands));
  };
  found->second->receiver->poll(asked.dedup_keys, told);
}

void Receivers::let_go(std::shared_ptr<Slot> slot) {
  if (slot->awaited > 0) leaving_.push_back(std::move(slot));
}

}  // namespace tocsin::app
