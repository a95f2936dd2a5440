// Risk: a row of an operator's query becomes a wrong series, or a null a number.
#include <doctest/doctest.h>

#include "sources/postgres_queries.hpp"

using namespace tocsin;
using namespace tocsin::sources;

namespace {

struct Counted {
  std::string text;
  std::string trouble;
};

PostgresRows two_plans() {
  return {{"plan", "n"}, {{"free", "2"}, {"paid", "1.5"}}};
}

Counted counted(const PostgresRows& rows, std::vector<std::string> labels, std::string column = "",
                bool counter = false) {
  config::PostgresQueryDefinition query;
  query.metric = "signups";
  query.labels = std::move(labels);
  query.value = std::move(column);
  query.counter = counter;
  query.help = "Sign-ups.";
  Exposition out;
  std::string trouble = add_operator_rows(query, rows, out);
  return {out.text(), std::move(trouble)};
}

}  // namespace

TEST_CASE("postgres: each row of an operator's query is a series") {
  const Counted got = counted(two_plans(), {"plan"}, "n", true);
  CHECK(got.trouble == "");
  CHECK(got.text ==
        "# HELP signups Sign-ups.\n# TYPE signups counter\nsignups{plan=\"free\"} 2\n"
        "signups{plan=\"paid\"} 1.5\n");
  CHECK(counted(two_plans(), {"plan"}).text.find("# TYPE signups gauge\n") != std::string::npos);
}

TEST_CASE("postgres: what the columns do not give is told, not guessed") {
  CHECK(counted(two_plans(), {"country"}, "n").trouble == "its answer has no column country");
  CHECK(counted(two_plans(), {"plan"}, "m").trouble == "its answer has no column m");
  CHECK(counted(two_plans(), {}).trouble == "several columns may be its value: `value` names it");
  CHECK(counted(two_plans(), {"plan", "n"}).trouble == "its answer has no column for the value");
}

TEST_CASE("postgres: nulls and texts are no numbers; the other rows count") {
  PostgresRows rows = two_plans();
  rows.rows[0][1] = std::nullopt;
  Counted got = counted(rows, {"plan"});
  CHECK(got.trouble == "column n is no number: null");
  CHECK(got.text.find("free") == std::string::npos);
  CHECK(got.text.find("signups{plan=\"paid\"} 1.5\n") != std::string::npos);
  rows.rows[0][1] = "many\n";
  CHECK(counted(rows, {"plan"}).trouble == "column n is no number: many\\n");
  rows.rows[0] = {std::nullopt, "t"};
  CHECK(counted(rows, {"plan"}).text.find("signups 1\n") != std::string::npos);
}

TEST_CASE("postgres: rows that would be one series are told, and none of them is taken for all") {
  const PostgresRows rows{{"plan", "country", "n"}, {{"free", "de", "2"}, {"free", "fr", "3"}}};
  const Counted got = counted(rows, {"plan"}, "n");
  CHECK(got.trouble ==
        "several rows have the same labels: `labels` names the columns that tell them apart");
  CHECK(got.text == "");
  CHECK(counted(rows, {"plan", "country"}, "n").trouble == "");
}

TEST_CASE("postgres: no rows are no series and no trouble") {
  const Counted got = counted({{"plan", "n"}, {}}, {"plan"});
  CHECK(got.text == "");
  CHECK(got.trouble == "");
}
