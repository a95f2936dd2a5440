#include "tocsin/model/delivery.hpp"

namespace tocsin {

std::string_view to_string(DeliveryAction action) {
  switch (action) {
    case DeliveryAction::open:
      return "open";
    case DeliveryAction::update:
      return "update";
    case DeliveryAction::acknowledge:
      return "acknowledge";
    case DeliveryAction::close:
      return "close";
  }
  return "unknown";
}

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::recording:
      return "recording";
    case DeliveryState::queued:
      return "queued";
    case DeliveryState::sending:
      return "sending";
    case DeliveryState::delivered:
      return "delivered";
    case DeliveryState::refused:
      return "refused";
    case DeliveryState::withdrawn:
      return "withdrawn";
    case DeliveryState::folded:
      return "folded";
    case DeliveryState::expired:
      return "expired";
    case DeliveryState::undeliverable:
      return "undeliverable";
  }
  return "unknown";
}

bool is_final(DeliveryState state) {
  switch (state) {
    case DeliveryState::recording:
    case DeliveryState::queued:
    case DeliveryState::sending:
      return false;
    case DeliveryState::delivered:
    case DeliveryState::refused:
    case DeliveryState::withdrawn:
    case DeliveryState::folded:
    case DeliveryState::expired:
    case DeliveryState::undeliverable:
      return true;
  }
  return true;
}

}  // namespace tocsin
