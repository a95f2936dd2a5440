// What a service's HTTP answer means for a delivery, where all services agree. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "loop/http_client.hpp"
#include "tocsin/model/delivery.hpp"

namespace tocsin::receivers {

/// "Retry-After" as seconds or as a date; against the answer's own clock where it tells the time.
[[nodiscard]] std::optional<Duration> retry_after(const loop::HttpResponse& response, WallTime now);
/// An HTTP date: "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::optional<WallTime> parse_http_date(std::string_view text);

/// No answer came.
[[nodiscard]] DeliveryOutcome outcome_of(const loop::HttpError& error);
/// An answer that is not the service's yes: 429, 408 and 5xx are not now; 3xx and 2xx without the
/// yes neither; any other 4xx is never. `words` is what the service said, as far as it may be
/// shown.
[[nodiscard]] DeliveryOutcome outcome_of(const loop::HttpResponse& response, std::string_view words,
                                         WallTime now);
/// A secret could not be read or used.
[[nodiscard]] DeliveryOutcome outcome_of(const Error& error);
[[nodiscard]] DeliveryOutcome delivered(const loop::HttpResponse& response, std::string_view words);

/// The text in one line, shortened, with every occurrence of the secret blotted out.
[[nodiscard]] std::string shown(std::string_view text, std::string_view secret);

}  // namespace tocsin::receivers
