#include "tocsin/outbox/keys.hpp"

namespace tocsin::outbox {

bool makes_known(const Delivery& delivery) {
  return delivery.action == DeliveryAction::open || delivery.action == DeliveryAction::update;
}

void Keys::add(const Delivery& delivery) {
  if (!makes_known(delivery)) return;
  Knowledge& knowledge = known_[{delivery.receiver, delivery.dedup_key}];
  ++knowledge.deliveries;
  if (delivery.action == DeliveryAction::open) ++knowledge.opens;
}

void Keys::remove(const Delivery& delivery) {
  if (!makes_known(delivery)) return;
  const auto found = known_.find({delivery.receiver, delivery.dedup_key});
  if (found == known_.end()) return;
  Knowledge& knowledge = found->second;
  if (knowledge.witness == delivery.id) knowledge.witness = {};
  if (delivery.action == DeliveryAction::open) --knowledge.opens;
  if (--knowledge.deliveries == 0) known_.erase(found);
}

void Keys::sending(const Delivery& delivery, bool begins) {
  if (!makes_known(delivery)) return;
  Knowledge& knowledge = known_[{delivery.receiver, delivery.dedup_key}];
  begins ? ++knowledge.sending : --knowledge.sending;
}

void Keys::folded(const Delivery& delivery, bool begins) {
  if (!makes_known(delivery)) return;
  Knowledge& knowledge = known_[{delivery.receiver, delivery.dedup_key}];
  begins ? ++knowledge.folded : --knowledge.folded;
}

bool Keys::arrived(const Delivery& delivery) {
  if (!makes_known(delivery)) return false;
  Knowledge& knowledge = known_[{delivery.receiver, delivery.dedup_key}];
  if (knowledge.witness) return false;
  knowledge.witness = delivery.id;
  return true;
}

bool Keys::may_have_got(std::string_view receiver, std::string_view key) const {
  const Knowledge* knowledge = find(receiver, key);
  return knowledge != nullptr && (knowledge->witness || knowledge->sending > 0);
}

bool Keys::is_folded(std::string_view receiver, std::string_view key) const {
  const Knowledge* knowledge = find(receiver, key);
  return knowledge != nullptr && knowledge->folded > 0;
}

bool Keys::never_got(std::string_view receiver, std::string_view key) const {
  const Knowledge* knowledge = find(receiver, key);
  return knowledge != nullptr && knowledge->opens > 0 && !knowledge->witness &&
         knowledge->sending == 0;
}

const Keys::Knowledge* Keys::find(std::string_view receiver, std::string_view key) const {
  const auto found = known_.find({std::string(receiver), std::string(key)});
  return found == known_.end() ? nullptr : &found->second;
}

}  // namespace tocsin::outbox
