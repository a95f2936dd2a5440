// Risk: a body that breaks the format taken for an answer, or an error that names no place.
#include "tocsin/series/exposition.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace tocsin;
using namespace tocsin::series;

namespace {

struct Read {
  std::vector<std::string> series;
  std::vector<double> values;
  std::string error;
};

Read read(std::string_view body, ExpositionFormat format = ExpositionFormat::text,
          std::string_view hint = "") {
  Read result;
  ExpositionReader reader(body, format);
  ExpositionSample sample;
  while (reader.next(sample, hint)) {
    auto labels = parse_series_text(sample.series, format, sample.position);
    if (!labels) {
      result.error = labels.error().text;
      return result;
    }
    result.series.push_back(Labels(*labels).to_string());
    result.values.push_back(sample.value);
  }
  if (reader.error()) result.error = reader.error()->text;
  return result;
}

std::string error_of(std::string_view body, ExpositionFormat format = ExpositionFormat::text) {
  return read(body, format).error;
}

constexpr auto kOpenMetrics = ExpositionFormat::openmetrics;

}  // namespace

TEST_CASE("exposition: an ordinary body") {
  const Read got = read(
      "# HELP http_requests_total Requests, by code.\n"
      "# TYPE http_requests_total counter\n"
      "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
      "http_requests_total{method=\"post\",code=\"400\",}    3\n"
      "\n"
      "# a remark\n"
      "up 1\n"
      "  spaced { a = \"x\" , b=\"y\" }\t 1e3  \n");
  CHECK(got.error == "");
  CHECK(got.series == std::vector<std::string>{"http_requests_total{code=\"200\",method=\"post\"}",
                                               "http_requests_total{code=\"400\",method=\"post\"}",
                                               "up", "spaced{a=\"x\",b=\"y\"}"});
  CHECK(got.values == std::vector<double>{1027, 3, 1, 1000});
}

TEST_CASE("exposition: escapes and every character within quotes") {
  const Read got = read("a{path=\"C:\\\\x\",say=\"\\\"}{\\\" #\",two=\"1\\n2\"} 1\n");
  CHECK(got.error == "");
  CHECK(got.series.at(0) == "a{path=\"C:\\\\x\",say=\"\\\"}{\\\" #\",two=\"1\\n2\"}");
}

TEST_CASE("exposition: the values that are no plain numbers") {
  const Read got = read("a NaN\nb +Inf\nc -Inf\nd 0x1p-2\ne .5\n");
  CHECK(got.error == "");
  CHECK(std::isnan(got.values.at(0)));
  CHECK(got.values.at(1) == INFINITY);
  CHECK(got.values.at(2) == -INFINITY);
  CHECK(got.values.at(3) == 0.25);
  CHECK(got.values.at(4) == 0.5);
}

TEST_CASE("exposition: an empty body is an answer without samples") {
  CHECK(read("").error == "");
  CHECK(read("\n# nothing\n").series.empty());
}

TEST_CASE("exposition: each fault is named with line and column") {
  CHECK(error_of("up 1\nup{a=\"b\" 2\n") ==
        "line 2, column 3: the label set has no closing brace on this line");
  CHECK(error_of("up 1\nx{a=\"b} 2\n") ==
        "line 2, column 2: a label's value has no closing quote on this line");
  CHECK(error_of("ok 1\nok2 one\n") == "line 2, column 5: \"one\" is no number");
  CHECK(error_of("a 1 2 3\n") == "line 1, column 7: expected the end of the line, not \"3\"");
  CHECK(error_of("a 1 12.5\n") == "line 1, column 5: \"12.5\" is no timestamp");
  CHECK(error_of("a\n") == "line 1, column 2: expected a space before the value");
  CHECK(error_of("a \n") == "line 1, column 3: expected the value");
  CHECK(error_of("9a 1\n") == "line 1, column 1: expected a metric's name, not \"9a 1\"");
  CHECK(error_of("a{9=\"x\"} 1\n") == "line 1, column 3: expected a label's name");
  CHECK(error_of("a{x=\"1\",x=\"2\"} 1\n") == "line 1, column 9: label \"x\" occurs twice");
  CHECK(error_of("a{x=1} 1\n") == "line 1, column 5: expected the label's value in double quotes");
  CHECK(error_of("a{x=\"\\t\"} 1\n") ==
        "line 1, column 7: only \\\\, \\\" and \\n may follow a backslash");
  CHECK(error_of("a{x=\"\xff\"} 1\n") == "line 1, column 5: the text is not valid UTF-8");
  CHECK(error_of("a{__name__=\"b\"} 1\n") == "line 1, column 3: __name__ is not for bodies to set");
  CHECK(error_of("{a=\"b\"} 1\n") == "line 1, column 1: the series has no name");
  CHECK(error_of("# TYPE a what\n") == "line 1, column 10: \"what\" is no metric type");
  CHECK(error_of("# TYPE 1a gauge\n") == "line 1, column 8: \"1a\" is no metric name");
  CHECK(error_of("a 1\r\n") == "line 1, column 3: \"1\\r\" is no number");
}

TEST_CASE("exposition: a body that was cut off is no answer") {
  CHECK(error_of("a 1\nb 12") ==
        "line 2, column 5: the last line has no line feed: the body was cut off");
}

TEST_CASE("exposition: bodies of another kind are called by their name") {
  CHECK(error_of("<!DOCTYPE html>\n<html></html>\n") == "the body is an HTML page, not metrics");
  CHECK(error_of("\n <html>\n") == "the body is an HTML page, not metrics");
  CHECK(error_of("<?xml version=\"1.0\"?>\n") == "the body is HTML or XML, not metrics");
  CHECK(error_of("{\"status\": \"ok\"}\n") == "the body is JSON, not metrics");
  CHECK(error_of("[]\n") == "the body is JSON, not metrics");
  CHECK(error_of("\x1f\x8b\x08\n") == "the body is gzip, which was not asked for");
}

TEST_CASE("exposition: quoted names") {
  const Read got = read("{\"my.metric\",\"a b\"=\"c\"} 4\n");
  CHECK(got.error == "");
  CHECK(got.series.at(0) == "my.metric{a b=\"c\"}");
}

TEST_CASE("openmetrics: an ordinary body with exemplar and timestamps") {
  const Read got = read(
      "# TYPE foo counter\n# UNIT foo_seconds seconds\n# HELP foo Some help\n"
      "foo_total{a=\"b\"} 17.0 1520879607.789 # {trace_id=\"KOO5S4vxi0o\"} 0.67 1520879607\n"
      "foo_total{a=\"c\"} 1 # {} 2\n"
      "bar 3 1e9\n# EOF\n",
      kOpenMetrics);
  CHECK(got.error == "");
  CHECK(got.series == std::vector<std::string>{"foo_total{a=\"b\"}", "foo_total{a=\"c\"}", "bar"});
  CHECK(got.values == std::vector<double>{17, 1, 3});
  CHECK(read("a 1\n# EOF", kOpenMetrics).error == "");
}

TEST_CASE("openmetrics: its own faults") {
  CHECK(error_of("a 1\n", kOpenMetrics) == "line 2, column 1: the body ends without # EOF");
  CHECK(error_of("a 1\n# EOF\nb 1\n", kOpenMetrics) ==
        "line 3, column 1: there is something after # EOF");
  CHECK(error_of("a 1\n\n# EOF\n", kOpenMetrics) ==
        "line 2, column 1: OpenMetrics knows no empty lines");
  CHECK(error_of("a  1\n# EOF\n", kOpenMetrics) ==
        "line 1, column 3: OpenMetrics separates with a single space");
  CHECK(error_of("# remark\n# EOF\n", kOpenMetrics) ==
        "line 1, column 3: OpenMetrics knows # HELP, # TYPE, # UNIT and # EOF, no other lines");
  CHECK(error_of("# TYPE a untyped\n# EOF\n", kOpenMetrics) ==
        "line 1, column 10: \"untyped\" is no metric type");
  CHECK(error_of("a{b=\"c\",} 1\n# EOF\n", kOpenMetrics) ==
        "line 1, column 9: expected a label's name");
  CHECK(error_of("a 1 # {x} 2\n# EOF\n", kOpenMetrics) ==
        "line 1, column 7: the exemplar's labels are malformed");
  CHECK(error_of("a 1 x\n# EOF\n", kOpenMetrics) == "line 1, column 5: \"x\" is no timestamp");
}

TEST_CASE("exposition: a hint is taken only where the series really ends there") {
  const auto hinted = [](std::string_view body, std::string_view hint) {
    ExpositionReader reader(body, ExpositionFormat::text);
    ExpositionSample sample;
    REQUIRE(reader.next(sample, hint));
    return std::pair(std::string(sample.series), sample.as_hinted);
  };
  CHECK(hinted("up 1\n", "up") == std::pair(std::string("up"), true));
  CHECK(hinted("up{a=\"1\"} 1\n", "up{a=\"1\"}") == std::pair(std::string("up{a=\"1\"}"), true));
  CHECK(hinted("upper 1\n", "up") == std::pair(std::string("upper"), false));
  CHECK(hinted("up {a=\"1\"} 1\n", "up") == std::pair(std::string("up {a=\"1\"}"), false));
  CHECK(hinted("up{a=\"1\"} 1\n", "up") == std::pair(std::string("up{a=\"1\"}"), false));
}
