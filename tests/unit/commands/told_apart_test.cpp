// Risk: rows of a narrow terminal that look alike, because the labels in which they differ are cut.
#include "commands/told_apart.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

using namespace tocsin;
using namespace tocsin::commands;

namespace {

using Words = std::vector<std::string>;

boost::json::array elements(const char* text) {
  return boost::json::parse(text).as_array();
}

}  // namespace

TEST_CASE("told apart: what is the same everywhere is hidden, and what tells nothing more") {
  const auto disks = elements(R"([
      {"labels": {"job": "host", "instance": "a", "device": "vda", "mountpoint": "/"}},
      {"labels": {"job": "host", "instance": "a", "device": "vda", "mountpoint": "/srv"}},
      {"labels": {"job": "host", "instance": "a", "device": "vdb", "mountpoint": "/tmp"}}])");
  const Words hidden = labels_to_hide(disks);
  CHECK(hidden == Words{"job", "device", "instance"});
  CHECK(labels_apart(disks[1].at("labels"), hidden) == R"({mountpoint="/srv", …})");
}

TEST_CASE("told apart: of two that would do, the instance is shown, and two that need it both") {
  const auto hosts = elements(R"([{"labels": {"job": "x", "instance": "a"}},
                                {"labels": {"job": "y", "instance": "b"}}])");
  CHECK(labels_to_hide(hosts) == Words{"job"});
  const auto both = elements(R"([{"labels": {"cpu": "0", "mode": "idle"}},
                               {"labels": {"cpu": "0", "mode": "user"}},
                               {"labels": {"cpu": "1", "mode": "idle"}}])");
  CHECK(labels_to_hide(both).empty());
  CHECK(labels_apart(both[2].at("labels"), {}) == R"({cpu="1", mode="idle"})");
}

TEST_CASE("told apart: one series alone is shown with all it has") {
  CHECK(labels_to_hide(elements(R"([{"labels": {"a": "b"}}])")).empty());
  CHECK(labels_apart(Labels{{"__name__", "up"}, {"job", "x"}}) == R"(up{job="x"})");
  CHECK(labels_apart(Labels{{"__name__", "up"}}) == "up");
  CHECK(labels_apart(Labels{}) == "{}");
  const char* const twice = R"([{"labels": {"a": "b"}}, {"labels": {"a": "b"}}])";
  CHECK_MESSAGE(labels_to_hide(elements(twice)).empty(), "its past");
  // A series without a label differs from one that has it.
  CHECK(labels_to_hide(elements(R"([{"labels": {}}, {"labels": {"a": "b"}}])")).empty());
}

TEST_CASE("told apart: of a long text the beginning and the end are shown, of whole glyphs") {
  CHECK(cut_within("max by (zone) (load_gauge)", 26) == "max by (zone) (load_gauge)");
  CHECK(cut_within("max by (zone) (load_gauge)", 13) == "max by…gauge)");
  CHECK(cut_within("äöüäöüäöü", 6) == "äö…äöü");
  CHECK(cut_within("监控监控监控", 7) == "监…控");
}
