// An invented notice of each kind, of the incident of one bad evening: for previews, and to try
// templates on.
#pragma once

#include "tocsin/model/delivery.hpp"

namespace tocsin::receivers {

/// With `alerts` instances that fire, or are well again in a close; of them at most as many as a
/// notice holds are listed.
[[nodiscard]] Delivery sample_notice(NoticeKind kind, std::size_t alerts = 1);

/// What a service that keeps state by key is told of a notice of this kind.
[[nodiscard]] DeliveryAction usual_action(NoticeKind kind);

}  // namespace tocsin::receivers
