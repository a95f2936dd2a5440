// Risks: a table that is read otherwise than its writer meant it: another zone, a line out of
// order, a number that is none; an error that does not lead to its line.
#include "tocsin/backtest/csv.hpp"

#include <doctest/doctest.h>

#include "support/zone_file.hpp"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

std::vector<series::Sample> samples_of(const std::vector<series::Chunk>& chunks) {
  std::vector<series::Sample> samples;
  for (const series::Chunk& chunk : chunks) {
    series::ChunkReader reader(chunk);
    for (series::Sample sample; reader.next(sample);) samples.push_back(sample);
  }
  return samples;
}

std::string error_of(std::string_view text) {
  const auto table = backtest::read_csv(text, {});
  REQUIRE(!table);
  return table.error().text;
}

series::Millis at(std::string_view rfc3339) {
  return parse_rfc3339(rfc3339)->time_since_epoch().count();
}

}  // namespace

TEST_CASE("csv: columns are series, quoted as the format has it; empty cells are no samples") {
  const auto table = backtest::read_csv(
      "\xef\xbb\xbftime,x,\"y{a=\"\"1,2\"\"}\"\r\n"
      "2026-11-01T00:00:00Z,1,2.5\r\n"
      "2026-11-01T02:01:00+02:00,,NaN\r\n"
      "\r\n"
      "1793491320,3,\r\n",
      {});
  REQUIRE(table);
  CHECK(table->every == 1min);
  CHECK(table->remarks.empty());
  REQUIRE(table->recording.series.size() == 2);
  const auto& [x, y] = std::tie(table->recording.series[0], table->recording.series[1]);
  CHECK(x.labels == Labels{{"__name__", "x"}});
  CHECK(samples_of(x.chunks) == std::vector<series::Sample>{{at("2026-11-01T00:00:00Z"), 1},
                                                            {at("2026-11-01T00:02:00Z"), 3}});
  CHECK(y.labels == Labels{{"__name__", "y"}, {"a", "1,2"}});
  CHECK(samples_of(y.chunks).size() == 2);
  CHECK(samples_of(table->recording.targets.front().up).size() == 3);
}

TEST_CASE("csv: one sample a line") {
  const auto table =
      backtest::read_csv("time,series,value\n60,x,1\n60,\"y{a=\"\"b\"\"}\",2\n120,x,3\n", {});
  REQUIRE(table);
  REQUIRE(table->recording.series.size() == 2);
  CHECK(samples_of(table->recording.series[0].chunks) ==
        std::vector<series::Sample>{{60'000, 1}, {120'000, 3}});
}

TEST_CASE("csv: gaps are told of with their line, and are none of the interval") {
  const auto table = backtest::read_csv("time,x\n0,1\n30,1\n60,1\n3660,1\n3690,1\n", {});
  REQUIRE(table);
  CHECK(table->every == 30s);
  REQUIRE(table->remarks.size() == 1);
  CHECK(table->remarks.front() == "line 5: nothing for 1 h before it");
}

TEST_CASE("csv: a time without an offset is the named zone's, the doubled hour in its order") {
  const std::string text =
      "time,x\n2026-10-25 01:30:00,1\n2026-10-25 02:30:00,2\n2026-10-25 02:30:00,3\n"
      "2026-10-25T03:30:00,4\n";
  CHECK(error_of(text) ==
        "line 2, column 1: 2026-10-25 01:30:00 does not say in which zone: add its offset (…Z, "
        "…+01:00), or give --zone");
  const auto zone =
      TimeZone::from_tzif("Europe/Berlin", testing::zone_file("CET-1CEST,M3.5.0,M10.5.0/3"));
  REQUIRE(zone);
  const auto table = backtest::read_csv(text, {*zone, {}});
  REQUIRE_MESSAGE(table, table.error().text);
  const auto samples = samples_of(table->recording.series.front().chunks);
  REQUIRE(samples.size() == 4);
  CHECK(samples[0].time == at("2026-10-24T23:30:00Z"));
  CHECK(samples[1].time == at("2026-10-25T00:30:00Z"));
  CHECK(samples[2].time == at("2026-10-25T01:30:00Z"));
  CHECK(samples[3].time == at("2026-10-25T02:30:00Z"));
}

TEST_CASE("csv: what is wrong is told with line and column") {
  CHECK(error_of("") == "it is empty: the first line names the columns");
  CHECK(error_of("time,x\n") == "it has no line of values");
  CHECK(error_of("date,x\n") == "line 1, column 1: the first column must be `time`, found `date`");
  CHECK(error_of("time\n1\n").find("there is no series") != std::string::npos);
  CHECK(error_of("time,x,x\n").find("line 1, column 8: the series x has two columns") == 0);
  CHECK(error_of("time,2x\n").find("line 1, column 6: `2x` is no series") == 0);
  CHECK(error_of("time,x\n60,1\n30,1\n") ==
        "line 3, column 1: 1970-01-01T00:00:30Z is before 1970-01-01T00:01:00Z of line 2: sort the "
        "lines by time");
  CHECK(error_of("time,x\n60,1\n60,1\n").find("is again the 1970-01-01T00:01:00Z of line 2") !=
        std::string::npos);
  CHECK(error_of("time,x\n60,1.2.3\n") == "line 2, column 4: `1.2.3` is no number");
  CHECK(error_of("time,x\n60,\"1,5\"\n") ==
        "line 2, column 4: `1,5` is no number: write a point for the comma");
  CHECK(error_of("time,x\n60,1,2\n") == "line 2, column 1: 3 cells where the first line has 2");
  CHECK(error_of("time,x\n1793491320000,1\n").find("divide milliseconds by 1000") !=
        std::string::npos);
  CHECK(error_of("time,x\nyesterday,1\n").find("line 2, column 1: `yesterday` is no time") == 0);
  CHECK(error_of("time,x\n60,\"1\n") == "line 2: a quote is never closed");
  CHECK(error_of("time,x\n60,\"1\"2\n") == "line 2: a comma is needed behind the closing quote");
  CHECK(error_of("time,series,value\n60,x,1\n60,x,2\n") ==
        "line 3, column 6: x has a value at this time already");
}
