#include "tocsin/model/labels.hpp"

#include <doctest/doctest.h>

using tocsin::Label;
using tocsin::Labels;

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
