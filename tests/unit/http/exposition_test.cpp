// Risk: a scraper cannot read /metrics, or reads something else than was meant.
#include "http/exposition.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tocsin;
using namespace tocsin::http;

namespace {

prometheus::MetricFamily family(const char* name, prometheus::MetricType type) {
  prometheus::MetricFamily out;
  out.name = name;
  out.help = "Line \"one\"\nand a \\.";
  out.type = type;
  out.metric.resize(1);
  return out;
}

}  // namespace

TEST_CASE("negotiate: what Prometheus asks for gets OpenMetrics") {
  CHECK(negotiate("application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
                  "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1") ==
        ExpositionFormat::openmetrics);
  CHECK(negotiate("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8") ==
        ExpositionFormat::openmetrics);
}

TEST_CASE("negotiate: everything else gets text") {
  CHECK(negotiate("") == ExpositionFormat::text);
  CHECK(negotiate("*/*") == ExpositionFormat::text);
  CHECK(negotiate("text/html,application/xhtml+xml,*/*;q=0.8") == ExpositionFormat::text);
  CHECK(negotiate("application/openmetrics-text;version=0.0.1") == ExpositionFormat::text);
  CHECK(negotiate("application/openmetrics-text;q=0") == ExpositionFormat::text);
  CHECK(negotiate("application/openmetrics-text;q=0.2, text/plain;q=0.9") ==
        ExpositionFormat::text);
  CHECK(negotiate("application/openmetrics-text;q=nonsense") == ExpositionFormat::text);
}

TEST_CASE("render: a counter's family has no _total in OpenMetrics, its sample has") {
  prometheus::MetricFamily counter = family("x_total", prometheus::MetricType::Counter);
  counter.metric[0].counter.value = 3;
  counter.metric[0].label.push_back({"path", "a\"b\\c\nd"});
  const std::vector families = {counter};
  CHECK(render(families, ExpositionFormat::text) ==
        "# HELP x_total Line \"one\"\\nand a \\\\.\n"
        "# TYPE x_total counter\n"
        "x_total{path=\"a\\\"b\\\\c\\nd\"} 3\n");
  CHECK(render(families, ExpositionFormat::openmetrics) ==
        "# HELP x Line \\\"one\\\"\\nand a \\\\.\n"
        "# TYPE x counter\n"
        "x_total{path=\"a\\\"b\\\\c\\nd\"} 3\n");
}

TEST_CASE("render: a histogram ends in +Inf, whose count is the count") {
  prometheus::MetricFamily histogram = family("h_seconds", prometheus::MetricType::Histogram);
  histogram.help.clear();
  histogram.metric[0].histogram = {5, 2.5, {{2, 0.5}, {4, 1}}};
  const std::vector families = {histogram};
  CHECK(render(families, ExpositionFormat::text) ==
        "# TYPE h_seconds histogram\n"
        "h_seconds_bucket{le=\"0.5\"} 2\n"
        "h_seconds_bucket{le=\"1\"} 4\n"
        "h_seconds_bucket{le=\"+Inf\"} 5\n"
        "h_seconds_sum 2.5\n"
        "h_seconds_count 5\n");
  CHECK(render(families, ExpositionFormat::openmetrics).find("le=\"1.0\"} 4\n") !=
        std::string::npos);
}

TEST_CASE("render: every label stands behind the one before it, escaped wherever it needs it") {
  prometheus::MetricFamily histogram = family("h", prometheus::MetricType::Histogram);
  histogram.help = "\\\n\\";
  histogram.metric[0].histogram = {1, 1, {{1, 2}}};
  auto& labels = histogram.metric[0].label;
  labels.push_back({"all", "\"\\\n"});
  labels.push_back({"none", ""});
  labels.push_back({"ends", "\nplain\""});
  const std::string shown = R"(all="\"\\\n",none="",ends="\nplain\"")";
  CHECK(render(std::vector{histogram}, ExpositionFormat::text) ==
        "# HELP h \\\\\\n\\\\\n# TYPE h histogram\n"
        "h_bucket{" +
            shown + ",le=\"2\"} 1\nh_bucket{" + shown +
            ",le=\"+Inf\"} 1\n"
            "h_sum{" +
            shown + "} 1\nh_count{" + shown + "} 1\n");
}

TEST_CASE("render: untyped is unknown in OpenMetrics") {
  prometheus::MetricFamily untyped = family("u", prometheus::MetricType::Untyped);
  untyped.help.clear();
  untyped.metric[0].untyped.value = 1;
  const std::vector families = {untyped};
  CHECK(render(families, ExpositionFormat::text) == "# TYPE u untyped\nu 1\n");
  CHECK(render(families, ExpositionFormat::openmetrics) == "# TYPE u unknown\nu 1\n");
}

TEST_CASE("openmetrics: each kind of family keeps its samples' names") {
  CHECK(openmetrics_from_text("# HELP a_total Says \"a\", \\\\ and \\n.\n"
                              "# TYPE a_total counter\n"
                              "a_total{x=\"}\\\" 1\"} 7\n"
                              "\n"
                              "# a comment\n"
                              "# HELP c Counts.\n"
                              "# TYPE c counter\n"
                              "c 2 1500\n"
                              "# TYPE u untyped\n"
                              "u NaN\n"
                              "# HELP bare Without a type.\n"
                              "bare 1\n"
                              "# TYPE g gauge\n"
                              "g -Inf\n") ==
        "# HELP a Says \\\"a\\\", \\\\ and \\n.\n"
        "# TYPE a counter\n"
        "a_total{x=\"}\\\" 1\"} 7\n"
        "# HELP c Counts.\n"
        "# TYPE c unknown\n"
        "c 2 1.5\n"
        "# TYPE u unknown\n"
        "u NaN\n"
        "# HELP bare Without a type.\n"
        "# TYPE bare unknown\n"
        "bare 1\n"
        "# TYPE g gauge\n"
        "g -Inf\n");
}

TEST_CASE("openmetrics: a type may stand before the help") {
  CHECK(openmetrics_from_text("# TYPE a_total counter\n# HELP a_total Help.\na_total 1") ==
        "# HELP a Help.\n# TYPE a counter\na_total 1\n");
}
