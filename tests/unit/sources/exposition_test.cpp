// Risk: one odd name or value makes the whole host's text unreadable, and with it every alert
// blind.
#include "sources/exposition.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using tocsin::sources::Exposition;
using tocsin::sources::metric_name;

TEST_CASE("exposition: families keep their order, with help and type before their samples") {
  Exposition out;
  out.counter("b_total", "Bees.").add({{"hive", "1"}}, 2);
  out.gauge("a", "Ants.").add(0.5);
  out.counter("b_total", "Bees.").add({{"hive", "2"}}, 1e21);
  CHECK(out.text() ==
        "# HELP b_total Bees.\n# TYPE b_total counter\n"
        "b_total{hive=\"1\"} 2\nb_total{hive=\"2\"} 1e+21\n"
        "# HELP a Ants.\n# TYPE a gauge\na 0.5\n");
}

TEST_CASE("exposition: a family without a sample is not told") {
  Exposition out;
  static_cast<void>(out.gauge("a", "Ants."));
  CHECK(out.text().empty());
}

TEST_CASE("exposition: labels are escaped, made UTF-8, and left out where they are empty") {
  Exposition out;
  out.untyped("m", "A \\ and\na break.")
      .add({{"a", "q\"b\\c\nd"}, {"none", ""}, {"raw", "x\x1c\xff"}}, 1);
  CHECK(out.text() ==
        "# HELP m A \\\\ and\\na break.\n# TYPE m untyped\n"
        "m{a=\"q\\\"b\\\\c\\nd\",raw=\"x\x1c\xef\xbf\xbd\"} 1\n");
}

TEST_CASE("exposition: a series that is there is not added again") {
  Exposition out;
  out.gauge("m", "").add({{"d", "a"}}, 1);
  out.gauge("m", "").add({{"d", "a"}}, 2);
  out.gauge("m", "").add({{"d", "a"}, {"e", ""}}, 3);
  CHECK(out.text() == "# HELP m \n# TYPE m gauge\nm{d=\"a\"} 1\n");
}

TEST_CASE("exposition: values beyond the finite") {
  Exposition out;
  out.gauge("m", "").add({{"v", "1"}}, std::numeric_limits<double>::quiet_NaN());
  out.gauge("m", "").add({{"v", "2"}}, -std::numeric_limits<double>::infinity());
  CHECK(out.text() == "# HELP m \n# TYPE m gauge\nm{v=\"1\"} NaN\nm{v=\"2\"} -Inf\n");
}

TEST_CASE("exposition: names are made valid") {
  CHECK(metric_name("node_x:y_9") == "node_x:y_9");
  CHECK(metric_name("9 lives-\xc3\xa4") == "__lives___");
  CHECK(metric_name("") == "_");
}
