// Risk: a rule that is right is warned of because its unit was guessed wrong.
#include "tocsin/expr/unit_of.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "tocsin/expr/expression.hpp"

using namespace tocsin;

namespace {

std::optional<Unit> unit_of_text(const char* text) {
  const auto parsed = expr::Expression::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return expr::unit_of(parsed->root());
}

}  // namespace

TEST_CASE("unit_of: what the names of metrics promise, through what keeps a unit") {
  const std::vector<std::pair<const char*, Unit>> promised = {
      {"a_bytes", Unit::bytes},
      {"a_seconds", Unit::seconds},
      {"a_ratio", Unit::ratio},
      {"sum by (x) (-(a_bytes))", Unit::bytes},
      {"rate(a_bytes_total[5m])", Unit::bytes},
      {"rate(a_cpu_seconds_total[5m])", Unit::ratio},
      {"increase(a_seconds_total[5m])", Unit::seconds},
      {"max_over_time(a_seconds[5m:1m])", Unit::seconds},
      {"quantile_over_time(0.9, a_seconds[5m])", Unit::seconds},
      {"histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m])))", Unit::seconds},
      {"a_bytes / b_bytes", Unit::ratio},
      {"1 - a_bytes / b_bytes", Unit::ratio},
      {"a_bytes - b_bytes", Unit::bytes},
      {"a_bytes > 5", Unit::bytes},
      {"a_seconds and b_bytes", Unit::seconds},
      {"a_bytes or b_bytes", Unit::bytes},
      {"topk(3, a_bytes)", Unit::bytes},
  };
  for (const auto& [text, unit] : promised) {
    CAPTURE(text);
    CHECK(unit_of_text(text) == unit);
  }
}

TEST_CASE("unit_of: nothing is promised where arithmetic leads elsewhere") {
  for (const char* const text :
       {"a", "a_total", "count(a_bytes)", "a_bytes * 8", "a_seconds * 1000", "100 * a_ratio",
        "a_bytes / a_seconds", "a_bytes or a", "time() - a_seconds", "a_bytes > bool 5",
        "rate(a_seconds_sum[5m]) / rate(a_seconds_count[5m])", "rate(a_seconds_bucket[5m])",
        "1 / a_seconds", "absent(a_bytes)", "3"}) {
    CAPTURE(text);
    CHECK(unit_of_text(text) == std::nullopt);
  }
}
