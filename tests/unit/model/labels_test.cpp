#include "tocsin/model/labels.hpp"

#include <doctest/doctest.h>

#include <map>

#include "tocsin/base/random.hpp"
#include "tocsin/model/distinct_labels.hpp"

using tocsin::DistinctLabels;
using tocsin::Label;
using tocsin::Labels;
using tocsin::Random;

TEST_CASE("labels are sorted, unique, and never empty") {
  const Labels labels{{"b", "2"}, {"a", "1"}, {"c", ""}, {"b", "3"}};
  CHECK(labels.size() == 2);
  CHECK(labels.get("a") == "1");
  CHECK(labels.get("b") == "3");
  CHECK_FALSE(labels.has("c"));
  CHECK(labels == Labels{{"b", "3"}, {"a", "1"}});
  CHECK(labels.hash() == Labels{{"b", "3"}, {"a", "1"}}.hash());
}

TEST_CASE("of many values the last one counts") {
  std::vector<Label> labels;
  for (int i = 0; i < 100; ++i) labels.push_back({i % 2 == 0 ? "a" : "b", std::to_string(i)});
  CHECK(Labels(labels) == Labels{{"a", "98"}, {"b", "99"}});
}

TEST_CASE("an empty value that comes last removes the label") {
  CHECK(Labels{{"a", "1"}, {"a", ""}}.empty());
}

TEST_CASE("setting keeps the order, an empty value removes") {
  Labels labels{{"b", "2"}};
  labels.set("a", "1");
  labels.set("c", "3");
  labels.set("b", "two");
  CHECK(labels == Labels{{"a", "1"}, {"b", "two"}, {"c", "3"}});
  labels.set("b", "");
  labels.remove("nothing");
  CHECK(labels == Labels{{"a", "1"}, {"c", "3"}});
}

TEST_CASE("name and value are told apart in hash and order") {
  CHECK(Labels{{"a", "b"}}.hash() != Labels{{"b", "a"}}.hash());
  CHECK(Labels{{"a", "b"}} < Labels{{"b", "a"}});
  CHECK(Labels{} < Labels{{"a", "b"}});
}

TEST_CASE("labels are written as in the exposition format") {
  CHECK(Labels{}.to_string() == "{}");
  CHECK(Labels{{"__name__", "up"}}.to_string() == "up");
  CHECK(Labels{{"__name__", "up"}, {"job", "a"}, {"A", "b"}}.to_string() ==
        "up{A=\"b\",job=\"a\"}");
  CHECK(Labels{{"p", "a\"b\\c\nd"}}.to_string() == "{p=\"a\\\"b\\\\c\\nd\"}");
}

TEST_CASE("a copy shares the text, and stays as it was when the other one changes") {
  Labels one{{"a", "1"}, {"b", "2"}};
  const Labels other = one;
  CHECK(other.get("a").data() == one.get("a").data());
  one.set("a", "changed");
  CHECK(other == Labels{{"a", "1"}, {"b", "2"}});
  CHECK(one == Labels{{"a", "changed"}, {"b", "2"}});
}

TEST_CASE("a label may be set from a view into the same set") {
  Labels labels{{"a", "1"}, {"b", "2"}};
  labels.set("a", labels.get("b"));
  labels.set(labels.begin()->value, "3");
  CHECK(labels == Labels{{"2", "3"}, {"a", "2"}, {"b", "2"}});
}

TEST_CASE("names and values of every length are kept, around where lengths take more bytes too") {
  for (const std::size_t length : {1U, 254U, 255U, 256U, 65'535U, 65'536U, 1'000'000U}) {
    const std::string name(length, 'n');
    const std::string value(length, '\xff');
    const Labels labels{{"a", "1"}, {name, value}, {"z", "2"}};
    CHECK(labels.get(name) == value);
    CHECK(labels.get("z") == "2");
    CHECK(std::next(labels.begin(), 1)->name == name);
    CHECK(labels.size() == 3);
    CHECK(labels.memory_bytes() > 2 * length);
  }
}

TEST_CASE("the order is that of names and values, whatever their lengths are") {
  CHECK(Labels{{"a", "b"}} < Labels{{"ab", "a"}});
  CHECK(Labels{{"a", "10"}} < Labels{{"a", "9"}});
  CHECK(Labels{{"a", "1"}} < Labels{{"a", "1"}, {"b", "1"}});
  CHECK(Labels{{"b", "1"}} > Labels{{"a", "1"}, {"c", "1"}});
}

TEST_CASE("labels that are set and removed one by one are those of a map that was treated alike") {
  Random random(7);
  Labels labels;
  std::map<std::string, std::string> model;
  for (int i = 0; i < 5'000; ++i) {
    const std::string name(1 + random.below(2), static_cast<char>('a' + random.below(6)));
    const auto length = random.one_in(50) ? 254 + random.below(3) : random.below(4);
    const std::string value(length, static_cast<char>('0' + random.below(10)));
    labels.set(name, value);
    if (value.empty()) {
      model.erase(name);
    } else {
      model[name] = value;
    }
    std::vector<Label> all;
    for (const auto& [n, v] : model) all.push_back({n, v});
    const Labels made(all);
    REQUIRE(labels == made);
    REQUIRE(labels.hash() == made.hash());
    REQUIRE(labels.size() == model.size());
    REQUIRE(labels.empty() == model.empty());
  }
}

TEST_CASE("distinct labels: each once, few or many") {
  DistinctLabels seen;
  const auto numbered = [](int i) { return Labels{{"i", std::to_string(i)}}; };
  for (int i = 0; i < 40; ++i) {
    CHECK(seen.insert(numbered(i)));
    CHECK_FALSE(seen.insert(numbered(i)));
    CHECK_FALSE(seen.insert(numbered(0)));
    CHECK(seen.contains(numbered(i / 2)));
    CHECK_FALSE(seen.contains(numbered(i + 1)));
  }
}
