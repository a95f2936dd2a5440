// Risk: more is silenced than was meant, or a label's value breaks out of its matcher.
#include "commands/silence_target.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include "tocsin/model/incident.hpp"
#include "tocsin/model/matcher.hpp"

using namespace tocsin;
using namespace tocsin::commands;

namespace {

std::string silenced(const char* incident) {
  const auto matchers = matchers_of_incident(boost::json::parse(incident));
  return matchers ? *matchers : "! " + matchers.error().text;
}

}  // namespace

TEST_CASE("silence: a number is an incident, a name a rule, the rest matchers") {
  CHECK(incident_named("17") == IncidentId(17));
  for (const char* other : {"17a", "", " 17", "-1", "99999999999999999999"})
    CHECK_FALSE(incident_named(other));
  CHECK(rule_meant("DiskSpaceLow"));
  CHECK_FALSE(rule_meant("17"));
  CHECK_FALSE(rule_meant("{a=\"b\"}"));
  CHECK_FALSE(rule_meant("a=\"b\""));
  CHECK_FALSE(rule_meant("a!~'b'"));
  CHECK(Matchers::parse(matchers_of_rule("Disk-Space:Low"))
            ->matches(Labels{{"alertname", "Disk-Space:Low"}}));
}

TEST_CASE("silence of an incident: its rules, and what all its alerts share") {
  CHECK(silenced(R"({"id":3,"group":"High","state":"open","alerts":[
      {"rule":"High","labels":{"instance":"web-1","zone":"a"}}]})") ==
        R"({alertname="High",instance="web-1",zone="a"})");
  const std::string two = silenced(R"({"id":3,"group":"g","state":"acknowledged","alerts":[
      {"rule":"High","labels":{"instance":"web-1","zone":"a"}},
      {"rule":"Lo.w","labels":{"instance":"web-2","zone":"a"}}]})");
  const auto matchers = Matchers::parse(two);
  REQUIRE_MESSAGE(matchers, two);
  const auto hit = [&](const char* rule, const char* zone) {
    return matchers->matches(Labels{{"alertname", rule}, {"zone", zone}, {"instance", "web-9"}});
  };
  CHECK(hit("High", "a"));
  CHECK(hit("Lo.w", "a"));
  CHECK_FALSE(hit("Low", "a"));
  CHECK_FALSE(hit("Loxw", "a"));
  CHECK_FALSE(hit("High", "b"));
}

TEST_CASE("silence of an incident: a hostile label stays within its matcher") {
  const std::string evil = silenced(R"({"id":3,"group":"g","state":"open","alerts":[
      {"rule":"High","labels":{"path":"\"} or {x=~\".*\\\n"}}]})");
  const auto matchers = Matchers::parse(evil);
  REQUIRE_MESSAGE(matchers, evil);
  CHECK(matchers->all().size() == 2);
  CHECK(matchers->matches(Labels{{"alertname", "High"}, {"path", "\"} or {x=~\".*\\\n"}}));
}

TEST_CASE("silence of an incident that is over, or has no alerts of its own") {
  CHECK(silenced(R"({"id":3,"group":"g","state":"closed","alerts":[]})")
            .starts_with("! incident 3 is closed"));
  CHECK(silenced(R"({"id":3,"timeline":[]})").starts_with("! incident 3 is closed"));
  CHECK(silenced(R"({"id":3,"group":"g","state":"open","alerts":[]})").find("by matchers") !=
        std::string::npos);
}
