// Risk: `check` warns of a label that an alert has, or is silent of one that it never has.
#include "tocsin/expr/kept_labels.hpp"

#include <doctest/doctest.h>

#include "tocsin/expr/expression.hpp"

using namespace tocsin;

namespace {

bool may_have_instance(const char* text) {
  const auto parsed = expr::Expression::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return expr::kept_labels(parsed->root()).may_have("instance");
}

}  // namespace

TEST_CASE("kept labels: what may still have the instance") {
  for (const char* const text :
       {"a",
        "-a",
        "(a)",
        "rate(a[5m])",
        "max_over_time(a[1h:5m])",
        "a > 5",
        "5 < a",
        "1 - a",
        "sum by (instance) (a)",
        "sum by (job, instance) (rate(a[5m])) / sum by (instance) (b)",
        "avg without (cpu) (a)",
        "topk(3, a)",
        "quantile by (instance) (0.5, a)",
        "a and sum(b)",
        "a unless b",
        "sum(a) or b",
        "b or sum(a)",
        "a / on (instance) b",
        "a / ignoring (cpu) b",
        "a * on (job) group_left () b",
        "sum by (job) (a) * on (job) group_left (instance) b",
        "sum by (job) (a) * on (job) group_right () b",
        "label_replace(sum(a), \"instance\", \"x\", \"\", \"\")",
        "label_join(sum(a), \"instance\", \"-\", \"job\")",
        "count_values by (job) (\"instance\", a)",
        "absent(a{instance=\"x\"})",
        "histogram_quantile(0.9, sum by (le, instance) (rate(a_bucket[5m])))"}) {
    CHECK_MESSAGE(may_have_instance(text), text);
  }
}

TEST_CASE("kept labels: what has lost the instance for good") {
  for (const char* const text : {"sum(a)",
                                 "sum(a) / sum(b)",
                                 "avg by (job) (a)",
                                 "avg without (instance) (a)",
                                 "sum by (job) (a) > 5",
                                 "100 * sum(a)",
                                 "topk(3, sum by (job) (a))",
                                 "sum(a) and b",
                                 "sum(a) or count(b)",
                                 "a / on (job) b",
                                 "a / ignoring (instance) b",
                                 "a - sum(b)",
                                 "sum by (job) (a) * on (job) group_left () b",
                                 "vector(1)",
                                 "time()",
                                 "vector(scalar(a))",
                                 "rate(sum(a)[5m:1m])",
                                 "sum by (instance) (avg without (instance) (a))",
                                 "histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m])))",
                                 "sum without (cpu) (sum by (job, cpu) (a))",
                                 "label_replace(sum(a), \"zone\", \"x\", \"\", \"\")",
                                 "count_values(\"value\", a)"}) {
    CHECK_MESSAGE(!may_have_instance(text), text);
  }
}

TEST_CASE("kept labels: two sides that lack different labels lack neither in common") {
  const auto of = [](const char* text) {
    return expr::kept_labels(expr::Expression::parse(text)->root());
  };
  const auto either = of("sum without (a) (x) or sum without (a, b) (x)");
  CHECK(!either.may_have("a"));
  CHECK(either.may_have("b"));
  const auto mixed = of("sum by (a) (x) or sum without (a, b) (x)");
  CHECK(mixed.may_have("a"));
  CHECK(!mixed.may_have("b"));
  CHECK(mixed.may_have("c"));
}
