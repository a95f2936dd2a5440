// What people and receivers read: changing one of these is changing the surface.
#include <doctest/doctest.h>

#include <set>

#include "tocsin/model/alert.hpp"
#include "tocsin/model/delivery.hpp"
#include "tocsin/model/incident.hpp"
#include "tocsin/model/notice.hpp"
#include "tocsin/model/scrape.hpp"
#include "tocsin/model/severity.hpp"

using namespace tocsin;

namespace {

/// Every enumerator up to `last` has a name of its own.
template <class Enum>
void check_distinct(Enum last) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const std::string_view name = to_string(static_cast<Enum>(i));
    CAPTURE(i);
    CHECK(name != "unknown");
    CHECK(name.find('_') == std::string_view::npos);
    CHECK(names.insert(name).second);
  }
  CHECK(to_string(static_cast<Enum>(static_cast<int>(last) + 1)) == "unknown");
}

}  // namespace

TEST_CASE("every enumerator has a name of its own") {
  check_distinct(AlertState::clearing);
  check_distinct(AlertReason::drill_over);
  check_distinct(TimelineKind::note);
  check_distinct(NoticeKind::change);
  check_distinct(DeliveryAction::close);
  check_distinct(DeliveryState::undeliverable);
  check_distinct(ScrapeOutcome::unavailable);
  check_distinct(Severity::critical);
  check_distinct(Impact::critical);
}

TEST_CASE("names are the enumerators spelled with spaces") {
  CHECK(to_string(AlertReason::held_long_enough) == "held long enough");
  CHECK(to_string(AlertState::firing) == "firing");
  CHECK(to_string(ScrapeOutcome::timed_out) == "timed out");
  CHECK(to_string(NoticeKind::told_again) == "told again");
}

TEST_CASE("severity and impact read back, and nothing else does") {
  CHECK(severity_from("critical") == Severity::critical);
  CHECK(impact_from("critical") == Impact::critical);
  CHECK(impact_from("low") == Impact::low);
  CHECK_FALSE(severity_from("Critical").has_value());
  CHECK_FALSE(severity_from("").has_value());
  CHECK_FALSE(impact_from("severe").has_value());
  CHECK(Severity::critical > Severity::warning);
  CHECK(Impact::low < Impact::critical);
}

TEST_CASE("the verdict follows the runbook's decision tree") {
  CHECK(rollback_verdict(Impact::critical).find("roll back now, under five minutes") !=
        std::string_view::npos);
  CHECK(rollback_verdict(Impact::high).find("assess within five minutes: hotfix or rollback") !=
        std::string_view::npos);
  CHECK(rollback_verdict(Impact::medium).find("monitor and fix") != std::string_view::npos);
  CHECK(rollback_verdict(Impact::low).find("monitor and fix") != std::string_view::npos);
}

TEST_CASE("a delivery on its way is not final") {
  CHECK_FALSE(is_final(DeliveryState::recording));
  CHECK_FALSE(is_final(DeliveryState::queued));
  CHECK_FALSE(is_final(DeliveryState::sending));
  for (const auto state :
       {DeliveryState::delivered, DeliveryState::refused, DeliveryState::withdrawn,
        DeliveryState::folded, DeliveryState::expired, DeliveryState::undeliverable}) {
    CHECK(is_final(state));
  }
}
