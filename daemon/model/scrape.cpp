#include "tocsin/model/scrape.hpp"

namespace tocsin {

std::string_view to_string(ScrapeOutcome outcome) {
  switch (outcome) {
    case ScrapeOutcome::answered:
      return "answered";
    case ScrapeOutcome::refused:
      return "refused";
    case ScrapeOutcome::timed_out:
      return "timed out";
    case ScrapeOutcome::unresolved:
      return "unresolved";
    case ScrapeOutcome::tls_failed:
      return "tls failed";
    case ScrapeOutcome::unauthorized:
      return "unauthorized";
    case ScrapeOutcome::bad_status:
      return "bad status";
    case ScrapeOutcome::not_metrics:
      return "not metrics";
    case ScrapeOutcome::too_large:
      return "too large";
    case ScrapeOutcome::malformed:
      return "malformed";
    case ScrapeOutcome::too_many:
      return "too many";
    case ScrapeOutcome::unavailable:
      return "unavailable";
  }
  return "unknown";
}

}  // namespace tocsin
