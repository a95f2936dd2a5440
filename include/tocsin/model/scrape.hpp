// What a source says of one target at one tick: an exposition body, or why there is none.
// Every source answers in exposition text, the host's own included: one path into the store.
#pragma once

#include <string>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin {

enum class ScrapeOutcome {
  answered,
  refused,       ///< nothing listens, or the connection was reset
  timed_out,     ///< no complete answer within the target's timeout
  unresolved,    ///< its name has no address
  tls_failed,    ///< the certificate or the handshake is wrong
  unauthorized,  ///< 401, 403
  bad_status,    ///< any other HTTP status than 200
  not_metrics,   ///< a body of another kind, an HTML page for example
  too_large,     ///< more bytes than the limit allows
  malformed,     ///< the body breaks the exposition format
  too_many,      ///< more series than the limit allows
  unavailable,   ///< anything else; the detail says what
};
[[nodiscard]] std::string_view to_string(ScrapeOutcome outcome);

enum class ExpositionFormat { text, openmetrics };

struct Scrape {
  TargetId target;
  BootTime tick;    ///< the nominal time of the tick: the samples' time
  Duration took{};  ///< from the start of the scrape to its end
  ScrapeOutcome outcome = ScrapeOutcome::answered;
  /// For people: why there is no answer; of an answer, the trouble that it tells of. No secret.
  std::string detail;
  std::string body;  ///< exposition text, empty where there is no answer
  ExpositionFormat format = ExpositionFormat::text;
};

}  // namespace tocsin
