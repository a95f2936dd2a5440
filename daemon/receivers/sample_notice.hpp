// An invented notice of each kind, of the incident of one bad evening: for previews, and to try
// templates on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/model/delivery.hpp"

namespace tocsin::receivers {

/// With `alerts` instances that fire, of which at most as many as a notice holds are listed; sent
/// `lasted` after the open, or when its kind usually is.
[[nodiscard]] Delivery sample_notice(NoticeKind kind, std::size_t alerts = 1,
                                     std::optional<Duration> lasted = std::nullopt);

/// "opened", "told-again": kinds as they are written on a command line.
[[nodiscard]] std::string kind_word(NoticeKind kind);
[[nodiscard]] std::vector<std::string> kind_words();
[[nodiscard]] std::optional<NoticeKind> kind_of_word(std::string_view word);

/// What a service that keeps state by key is told of a notice of this kind.
[[nodiscard]] DeliveryAction usual_action(NoticeKind kind);

}  // namespace tocsin::receivers
