// Risk: samples under the wrong series, a series that lives on after it has ended, memory that only
// grows.
#include "tocsin/series/store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tocsin/series/selection.hpp"

using namespace tocsin;
using namespace tocsin::series;

namespace {

constexpr TargetId kApp{1};
constexpr TargetId kDb{2};

BootTime at(int s) {
  return BootTime(seconds(s));
}

Selector selector(const std::string& text) {
  auto matchers = Matchers::parse(text);
  REQUIRE(matchers.has_value());
  return Selector::make(matchers->all());
}

/// "name{…} value" of every series that has a sample now, sorted.
std::vector<std::string> now(const Store& store, const std::string& matchers, int s) {
  std::vector<std::string> found;
  for (const Series* series : select(store, selector(matchers))->series) {
    const auto sample = series->latest(s * 1000);
    if (!sample || is_stale(sample->value)) continue;
    found.push_back(series->labels().to_string() + " " +
                    std::to_string(static_cast<int>(sample->value)));
  }
  std::sort(found.begin(), found.end());
  return found;
}

using Lines = std::vector<std::string>;
constexpr auto kText = ExpositionFormat::text;

}  // namespace

TEST_CASE("store: samples of a scrape carry the target's labels and the tick's time") {
  Store store;
  store.set_target(kApp, {.labels = {{"job", "app"}, {"instance", "a:1"}}});
  const Ingested got = store.ingest(kApp, at(60), "up_time 5\nreq{code=\"200\"} 7 12345\n", kText);
  CHECK_FALSE(got.error);
  CHECK(got.samples == 2);
  CHECK(got.added == 2);
  CHECK(got.new_names == Lines{"up_time", "req"});
  CHECK(now(store, "{job=\"app\"}", 60) == Lines{"req{code=\"200\",instance=\"a:1\",job=\"app\"} 7",
                                                 "up_time{instance=\"a:1\",job=\"app\"} 5"});
  CHECK(now(store, "{job=\"app\"}", 59) == Lines{});
}

TEST_CASE("store: a label of the body that clashes steps aside, or stays where it is honoured") {
  Store store;
  const std::string body = "m{job=\"own\",exported_job=\"taken\",instance=\"\"} 1\n";
  SUBCASE("it steps aside, twice where that name is taken too") {
    store.set_target(kApp, {.labels = {{"job", "app"}, {"instance", "a:1"}}});
    store.ingest(kApp, at(60), body, kText);
    CHECK(now(store, "{__name__=\"m\"}", 60) ==
          Lines{"m{exported_exported_job=\"own\",exported_job=\"taken\",instance=\"a:1\",job="
                "\"app\"} 1"});
  }
  SUBCASE("it stays; an empty one keeps the target's label away") {
    store.set_target(kApp, {.labels = {{"job", "app"}, {"instance", "a:1"}}, .honor_labels = true});
    store.ingest(kApp, at(60), body, kText);
    CHECK(now(store, "{__name__=\"m\"}", 60) == Lines{"m{exported_job=\"taken\",job=\"own\"} 1"});
  }
}

TEST_CASE("store: series that come, go and change places keep their own samples") {
  Store store;
  store.ingest(kApp, at(60), "a 1\nb 2\nc 3\n", kText);
  Ingested got = store.ingest(kApp, at(120), "a 11\nc 13\n", kText);
  CHECK(got.added == 0);
  CHECK(now(store, "{__name__=~\".+\"}", 120) == Lines{"a 11", "c 13"});
  got = store.ingest(kApp, at(180), "c 23\nnew{x=\"1\"} 20\nb 22\na 21\n", kText);
  CHECK(got.added == 1);
  CHECK(got.new_names == Lines{"new"});
  CHECK(now(store, "{__name__=\"a\"}", 180) == Lines{"a 21"});
  CHECK(now(store, "{__name__=\"b\"}", 180) == Lines{"b 22"});
  CHECK(now(store, "{__name__=\"c\"}", 180) == Lines{"c 23"});
  CHECK(now(store, "{__name__=\"new\"}", 180) == Lines{"new{x=\"1\"} 20"});
  got = store.ingest(kApp, at(240), "c 33\nnew{x=\"1\"} 30\nb 32\na 31\n", kText);
  CHECK(got.samples == 4);
  CHECK(now(store, "{__name__=\"a\"}", 240) == Lines{"a 31"});
  CHECK(now(store, "{__name__=\"c\"}", 240) == Lines{"c 33"});
  CHECK(store.series_count() == 4);
}

TEST_CASE("store: a body that is shorter than the last ends what it leaves out") {
  Store store;
  store.ingest(kApp, at(60), "a 1\nb 2\nc 3\n", kText);
  store.ingest(kApp, at(120), "a 11\n", kText);
  CHECK(now(store, "{__name__=~\".+\"}", 120) == Lines{"a 11"});
  CHECK(now(store, "{__name__=~\".+\"}", 119) == Lines{"a 1", "b 2", "c 3"});
  store.ingest(kApp, at(180), "", kText);
  CHECK(now(store, "{__name__=~\".+\"}", 180) == Lines{});
}

TEST_CASE("store: the same labels in another order are the same series") {
  Store store;
  store.ingest(kApp, at(60), "m{a=\"1\",b=\"2\"} 1\n", kText);
  const Ingested got = store.ingest(kApp, at(120), "m{b=\"2\", a=\"1\"} 2\n", kText);
  CHECK(got.added == 0);
  CHECK(store.series_count() == 1);
  CHECK(now(store, "{__name__=\"m\"}", 120) == Lines{"m{a=\"1\",b=\"2\"} 2"});
}

TEST_CASE("store: a series that occurs twice breaks the body") {
  Store store;
  SUBCASE("in the first body") {
    CHECK(store.ingest(kApp, at(60), "m{a=\"1\"} 1\nm{a=\"1\"} 2\n", kText).error->text ==
          "line 2, column 1: the series occurs twice");
    CHECK(store.series_count() == 0);
  }
  SUBCASE("in a later one, and written otherwise") {
    store.ingest(kApp, at(60), "m{a=\"1\",b=\"1\"} 1\n", kText);
    const Ingested got =
        store.ingest(kApp, at(120), "m{a=\"1\",b=\"1\"} 1\nm{b=\"1\",a=\"1\"} 2\n", kText);
    REQUIRE(got.error);
    CHECK(got.error->text == "line 2, column 1: the series occurs twice");
    CHECK(now(store, "{__name__=\"m\"}", 120) == Lines{"m{a=\"1\",b=\"1\"} 1"});
  }
}

TEST_CASE("store: of a body with a fault nothing is taken, and the next one is whole again") {
  Store store;
  store.ingest(kApp, at(60), "a 1\nb 2\n", kText);
  const Ingested got = store.ingest(kApp, at(120), "a 11\nnew 5\nb x\n", kText);
  REQUIRE(got.error);
  CHECK(got.error->code == ErrorCode::invalid);
  CHECK(got.samples == 0);
  CHECK(now(store, "{__name__=~\".+\"}", 120) == Lines{"a 1", "b 2"});
  CHECK(store.ingest(kApp, at(180), "a 21\nb 22\n", kText).samples == 2);
  CHECK(now(store, "{__name__=~\".+\"}", 180) == Lines{"a 21", "b 22"});
}

TEST_CASE("store: a failed scrape ends the target's series, but not tocsin's own about it") {
  Store store;
  store.set_target(kApp, {.labels = {{"job", "app"}}});
  store.set_target(kDb, {.labels = {{"job", "db"}}});
  store.ingest(kApp, at(60), "a 1\n", kText);
  store.ingest(kDb, at(60), "a 2\n", kText);
  CHECK(store.append_own(kApp, at(60), "up", 1));
  store.mark_stale(kApp, at(120));
  CHECK_FALSE(store.append_own(kApp, at(120), "up", 0));
  CHECK(now(store, "{__name__=~\".+\"}", 120) == Lines{"a{job=\"db\"} 2", "up{job=\"app\"} 0"});
  CHECK(store.ingest(kApp, at(180), "a 3\n", kText).added == 0);
  CHECK(now(store, "{job=\"app\"}", 180) == Lines{"a{job=\"app\"} 3", "up{job=\"app\"} 0"});
}

TEST_CASE("store: a body cannot write tocsin's own series") {
  Store store;
  store.set_target(kApp, {.labels = {{"job", "app"}}});
  store.append_own(kApp, at(60), "up", 0);
  const Ingested got = store.ingest(kApp, at(120), "up 1\nother 1\n", kText);
  CHECK(got.refused == 1);
  CHECK(got.samples == 1);
  CHECK(now(store, "{__name__=\"up\"}", 120) == Lines{"up{job=\"app\"} 0"});
}

TEST_CASE("store: two targets cannot write one series") {
  Store store;
  store.ingest(kApp, at(60), "m 1\n", kText);
  const Ingested got = store.ingest(kDb, at(60), "m 2\n", kText);
  CHECK(got.refused == 1);
  CHECK(now(store, "{__name__=\"m\"}", 60) == Lines{"m 1"});
}

TEST_CASE("store: a sample that is not newer is counted and left out") {
  Store store;
  store.ingest(kApp, at(60), "m 1\n", kText);
  const Ingested got = store.ingest(kApp, at(60), "m 2\n", kText);
  CHECK(got.samples == 0);
  CHECK(got.out_of_order == 1);
  CHECK(now(store, "{__name__=\"m\"}", 60) == Lines{"m 1"});
}

TEST_CASE("store: limits refuse what is new and keep what is there") {
  StoreLimits limits;
  limits.series = 2;
  limits.series_per_scrape = 4;
  limits.labels_per_series = 3;
  limits.label_value_bytes = 10;
  Store store(limits);
  Ingested got = store.ingest(kApp, at(60), "a 1\nb 2\nc 3\n", kText);
  CHECK(got.refused == 1);
  CHECK(got.samples == 2);
  got = store.ingest(kApp, at(120), "c 3\na 1\nb 2\n", kText);
  CHECK(got.refused == 1);
  CHECK(got.samples == 2);
  got = store.ingest(kApp, at(180), "a 1\nb 2\nc 3\nd 4\ne 5\n", kText);
  REQUIRE(got.error);
  CHECK(got.error->code == ErrorCode::exhausted);
  CHECK(got.error->text == "line 5: more than 4 series in one answer");
  Store wide(limits);
  got = wide.ingest(kApp, at(60),
                    "a{x=\"12345678901\"} 1\nb{u=\"1\",v=\"1\",w=\"1\"} 1\nc{x=\"1\"} 1\n", kText);
  CHECK(got.refused == 2);
  CHECK(got.samples == 1);
}

TEST_CASE("store: there is room again once old series are forgotten") {
  StoreLimits limits;
  limits.series = 2;
  Store store(limits);
  store.keep_for(minutes(10));
  store.ingest(kApp, at(60), "a 1\nb 2\n", kText);
  store.ingest(kApp, at(120), "a 1\nc 3\n", kText);
  CHECK(store.series_count() == 2);
  int s = 180;
  for (; s < 1500; s += 60) store.ingest(kApp, at(s), "a 1\nc 3\n", kText);
  CHECK(now(store, "{__name__=~\".+\"}", s) == Lines{"a 1", "c 3"});
}

TEST_CASE("store: what nobody writes any more is forgotten, what has just ended is not") {
  Store store;
  store.keep_for(minutes(10));
  store.ingest(kApp, at(0), "old 1\nlive 1\n", kText);
  for (int s = 60; s <= 600; s += 60) store.ingest(kApp, at(s), "live 1\n", kText);
  CHECK(store.series_count() == 2);
  for (int s = 660; s <= 900; s += 60) store.ingest(kApp, at(s), "live 1\n", kText);
  CHECK(store.series_count() == 1);
  CHECK(store.ingest(kApp, at(960), "old 1\nlive 1\n", kText).new_names == Lines{"old"});
}

TEST_CASE("store: a target that answers once an hour keeps its series between its ticks") {
  Store store;
  store.keep_for(minutes(2));
  store.set_target(kDb, {.labels = {{"job", "db"}}, .lookback = minutes(121)});
  store.ingest(kDb, at(0), "m 1\n", kText);
  for (int s = 60; s <= 7000; s += 60) store.ingest(kApp, at(s), "live 1\n", kText);
  CHECK(store.series_count() == 2);
}

TEST_CASE("store: memory stays within what is kept") {
  Store store;
  store.keep_for(minutes(10));
  std::size_t most_of_second_day = 0;
  std::size_t most_of_last_day = 0;
  for (int s = 0; s < 10 * 86'400; s += 60) {
    const std::string value = std::to_string(s / 60 * 7919 % 1000);
    store.ingest(kApp, at(s), "m{pod=\"" + std::to_string(s / 3600) + "\"} " + value + "\n", kText);
    const int day = s / 86'400;
    if (day == 1) most_of_second_day = std::max(most_of_second_day, store.memory_bytes());
    if (day == 9) most_of_last_day = std::max(most_of_last_day, store.memory_bytes());
  }
  CHECK(most_of_last_day <= most_of_second_day * 11 / 10);
}

TEST_CASE("store: new labels of a target end its series under the old ones") {
  Store store;
  store.set_target(kApp, {.labels = {{"job", "app"}}});
  store.ingest(kApp, at(60), "m 1\n", kText);
  store.append_own(kApp, at(60), "up", 1);
  store.set_target(kApp, {.labels = {{"job", "renamed"}}});
  store.ingest(kApp, at(120), "m 2\n", kText);
  store.append_own(kApp, at(120), "up", 1);
  CHECK(now(store, "{__name__=~\".+\"}", 120) ==
        Lines{"m{job=\"renamed\"} 2", "up{job=\"renamed\"} 1"});
  SUBCASE("and the old ones again the new") {
    store.set_target(kApp, {.labels = {{"job", "app"}}});
    store.append_own(kApp, at(180), "up", 1);
    store.ingest(kApp, at(180), "m 3\n", kText);
    CHECK(now(store, "{__name__=~\".+\"}", 180) == Lines{"m{job=\"app\"} 3", "up{job=\"app\"} 1"});
  }
}

TEST_CASE("store: a target that is removed takes its series along") {
  Store store;
  store.set_target(kDb, {.labels = {{"job", "db"}}});
  store.ingest(kApp, at(60), "m 1\n", kText);
  store.ingest(kDb, at(60), "m 2\n", kText);
  store.append_own(kDb, at(60), "up", 1);
  const auto before = select(store, selector("{__name__=\"m\"}"));
  CHECK(before->series.size() == 2);
  store.remove_target(kDb);
  CHECK(store.series_count() == 1);
  CHECK(now(store, "{__name__=~\".+\"}", 60) == Lines{"m 1"});
  CHECK(now(store, "{__name__=\"m\"}", 60) == Lines{"m 1"});
}

TEST_CASE("store: ranges are open on the left and know no staleness markers") {
  Store store;
  for (int s = 0; s < 600; s += 60) {
    if (s == 240) {
      store.mark_stale(kApp, at(s));
    } else {
      store.ingest(kApp, at(s), "m " + std::to_string(s) + "\n", kText);
    }
  }
  std::vector<Sample> samples;
  const auto selection = select(store, selector("{__name__=\"m\"}"));
  REQUIRE(selection->series.size() == 1);
  selection->series[0]->range(120'000, 360'000, samples);
  CHECK(samples == std::vector<Sample>{{180'000, 180}, {300'000, 300}, {360'000, 360}});
}

TEST_CASE("store: long series are found at any time, over several chunks") {
  Store store;
  store.keep_for(hours(100));
  for (int i = 0; i < 1000; ++i) store.append(kApp, at(i * 10), {{"__name__", "m"}}, i);
  const Series* series = select(store, selector("{__name__=\"m\"}"))->series.at(0);
  for (int i = 0; i < 1000; i += 7) {
    REQUIRE(series->latest(i * 10'000 + 5).has_value());
    CHECK(series->latest(i * 10'000 + 5)->value == i);
  }
  CHECK_FALSE(series->latest(-1).has_value());
  std::vector<Sample> samples;
  series->range(1'195'000, 4'000'000, samples);
  CHECK(samples.size() == 281);
  CHECK(samples.front().value == 120);
  CHECK(samples.back().value == 400);
}

TEST_CASE("store: a range far back is as open on the left and as free of markers as a recent one") {
  Store store;
  store.keep_for(hours(100));
  for (int i = 0; i < 40; ++i) {
    if (i == 3) {
      store.mark_stale(kApp, at(i * 10));
    } else {
      store.ingest(kApp, at(i * 10), "m " + std::to_string(i) + "\n", kText);
    }
  }
  const Series* series = select(store, selector("{__name__=\"m\"}"))->series.at(0);
  std::vector<Sample> samples;
  series->range(10'000, 50'000, samples);
  CHECK(samples == std::vector<Sample>{{20'000, 2}, {40'000, 4}, {50'000, 5}});
  REQUIRE(series->latest(35'000).has_value());
  CHECK(is_stale(series->latest(35'000)->value));
  CHECK(series->latest(29'999)->value == 2);
}

TEST_CASE("store: what a body calls NaN is no staleness marker") {
  Store store;
  store.ingest(kApp, at(60), "m NaN\n", kText);
  const Series* series = select(store, selector("{__name__=\"m\"}"))->series.at(0);
  CHECK_FALSE(is_stale(series->last().value));
  CHECK(series->last().value != series->last().value);
}

TEST_CASE("selection: all four matchers, and a label that is not there") {
  Store store;
  store.ingest(kApp, at(60),
               "m{env=\"prod\",code=\"200\"} 1\nm{env=\"prod\",code=\"500\"} 2\n"
               "m{env=\"test\"} 3\nn{env=\"prod\"} 4\n",
               kText);
  const auto values = [&](const std::string& text) {
    std::vector<int> found;
    for (const Series* series : select(store, selector(text))->series) {
      found.push_back(static_cast<int>(series->last().value));
    }
    return found;
  };
  using Ints = std::vector<int>;
  CHECK(values("{__name__=\"m\",env=\"prod\"}") == Ints{1, 2});
  CHECK(values("{__name__=\"m\",env!=\"prod\"}") == Ints{3});
  CHECK(values("{__name__=\"m\",code=~\"5..\"}") == Ints{2});
  CHECK(values("{__name__=\"m\",code!~\"5..\"}") == Ints{1, 3});
  CHECK(values("{__name__=\"m\",code=\"\"}") == Ints{3});
  CHECK(values("{__name__=\"m\",code=~\".*\"}") == Ints{1, 2, 3});
  CHECK(values("{__name__=~\"m|n\",env=\"prod\",code!=\"200\"}").size() == 2);
  CHECK(values("{__name__=\"absent\"}").empty());
}

TEST_CASE("selection: what is remembered follows the series that come and go") {
  Store store;
  store.keep_for(minutes(10));
  const Selector by_name = selector("{__name__=\"m\"}");
  const Selector by_label = selector("{x=\"1\"}");
  CHECK(select(store, by_name)->series.empty());
  store.ingest(kApp, at(0), "m{x=\"1\"} 1\n", kText);
  CHECK(select(store, by_name)->series.size() == 1);
  CHECK(select(store, by_label)->series.size() == 1);
  store.ingest(kApp, at(60), "m{x=\"1\"} 1\nm{x=\"2\"} 2\n", kText);
  CHECK(select(store, by_name)->series.size() == 2);
  CHECK(select(store, by_label)->series.size() == 1);
  for (int s = 120; s <= 1200; s += 60) store.ingest(kApp, at(s), "m{x=\"2\"} 2\n", kText);
  CHECK(select(store, by_name)->series.size() == 1);
  CHECK(select(store, by_label)->series.empty());
}

TEST_CASE("selection: it names the feeds of all that it matched") {
  Store store;
  store.set_target(kApp, {.labels = {{"job", "app"}}});
  store.set_target(kDb, {.labels = {{"job", "db"}}});
  store.ingest(kApp, at(60), "m 1\nup 7\n", kText);
  store.ingest(kDb, at(60), "m 1\nn 2\n", kText);
  CHECK(select(store, selector("{__name__=\"m\"}"))->feeds ==
        std::vector<Feed>{{kApp, false}, {kDb, false}});
  CHECK(select(store, selector("{__name__=\"up\"}"))->feeds == std::vector<Feed>{{kApp, false}});
  store.append_own(kApp, at(60), "up", 1);
  CHECK(select(store, selector("{__name__=\"up\"}"))->feeds == std::vector<Feed>{{kApp, true}});
}

TEST_CASE("selection: names and values of labels") {
  Store store;
  store.ingest(kApp, at(60), "m{env=\"prod\"} 1\nn{env=\"test\",x=\"1\"} 1\n", kText);
  CHECK(label_names(store) == Lines{"__name__", "env", "x"});
  CHECK(label_values(store, "env") == Lines{"prod", "test"});
  CHECK(label_values(store, "none").empty());
}
