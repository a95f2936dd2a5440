// Risk: a person's word is misread, or somebody speaks as somebody else.
#include "app/control_commands.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace tocsin;
using namespace tocsin::app;

namespace {

http::Request from(unsigned uid, const std::string& user, const std::string& body) {
  http::Request request;
  request.peer = http::Peer{uid, 1, user};
  request.body = body;
  return request;
}

boost::json::object read(const std::string& body) {
  const auto object = body_of(from(0, "root", body));
  REQUIRE(object);
  return *object;
}

Result<std::string> who(const http::Request& request, const config::Control& control = {}) {
  return speaker(request, read(request.body), control);
}

/// Of an account that is neither root nor the one that runs this test.
unsigned somebody_else() {
  return geteuid() + 12345;
}

}  // namespace

TEST_CASE("body: an object or nothing") {
  CHECK(read("").empty());
  CHECK(read(" \n").empty());
  CHECK(read(R"({"a":1})").size() == 1);
  CHECK(body_of(from(0, "root", "[1]")).error().code == ErrorCode::invalid);
  CHECK(body_of(from(0, "root", "{")).error().code == ErrorCode::invalid);
}

TEST_CASE("speaker: without `by` it is the peer") {
  CHECK(*who(from(somebody_else(), "ada", "")) == "ada");
  CHECK(*who(from(somebody_else(), "ada", R"({"by":"ada"})")) == "ada");
  CHECK(*who(from(somebody_else(), "ada", R"({"by":"  "})")) == "ada");
}

TEST_CASE("speaker: root, the daemon's own user and those configured speak for others") {
  CHECK(*who(from(0, "root", R"({"by":"grace"})")) == "grace");
  CHECK(*who(from(geteuid(), "tocsin", R"({"by":"grace"})")) == "grace");
  const auto denied = who(from(somebody_else(), "ada", R"({"by":"grace"})"));
  REQUIRE_FALSE(denied);
  CHECK(denied.error().code == ErrorCode::denied);
  config::Control control;
  control.may_speak_for_others = {"ada"};
  CHECK(*who(from(somebody_else(), "ada", R"({"by":"grace"})"), control) == "grace");
}

TEST_CASE("speaker: a name is one printable line") {
  CHECK(*who(from(0, "root", "{\"by\":\"a\\u001b[31mb\\nc\"}")) == "a\\x1b[31mb\\nc");
}

TEST_CASE("speaker: nobody is known over TCP") {
  http::Request request;
  CHECK(speaker(request, {}, {}).error().code == ErrorCode::denied);
}

TEST_CASE("ack: number, duration and note") {
  const auto command =
      acknowledge_command(read(R"({"incident":12,"for":"1h30m","note":" on it "})"));
  REQUIRE(command);
  const auto& what = std::get<AcknowledgeCommand>(command->what);
  CHECK(what.incident == IncidentId(12));
  CHECK(*what.lasts == minutes(90));
  CHECK(what.note == "on it");
  CHECK_FALSE(std::get<AcknowledgeCommand>(acknowledge_command(read(R"({"incident":1})"))->what)
                  .lasts.has_value());
}

TEST_CASE("ack: what is wrong is named") {
  const auto error = [](const std::string& body) {
    const auto command = acknowledge_command(read(body));
    REQUIRE_FALSE(command);
    CHECK(command.error().code == ErrorCode::invalid);
    return command.error().text;
  };
  CHECK(error("{}") == "`incident` is missing");
  CHECK(error(R"({"incident":"12"})") == "`incident` must be a number from 1 on");
  CHECK(error(R"({"incident":0})") == "`incident` must be a number from 1 on");
  CHECK(error(R"({"incident":-3})") == "`incident` must be a number from 1 on");
  CHECK(error(R"({"incident":1,"for":5})") == "`for` must be a text");
  CHECK(error(R"({"incident":1,"for":"0s"})") == "`for` must be longer than nothing");
  CHECK(error(R"({"incident":1,"fro":"5m"})") == "`fro` means nothing here");
}

TEST_CASE("silence: matchers, an end and a reason are compulsory") {
  const auto command =
      silence_command(read(R"({"matchers":"{env=\"dev\"}","for":"2h","reason":"move"})"));
  REQUIRE(command);
  const auto& what = std::get<SilenceCommand>(command->what);
  CHECK(what.matchers == "{env=\"dev\"}");
  CHECK(what.lasts == hours(2));
  CHECK(what.reason == "move");
  CHECK_FALSE(silence_command(read(R"({"matchers":"{env=\"dev\"}","for":"2h"})")));
  CHECK_FALSE(silence_command(read(R"({"matchers":"{env=\"dev\"}","reason":"move"})")));
  CHECK_FALSE(silence_command(read(R"({"matchers":"{env=\"dev\"}","for":"2h","reason":"  "})")));
  CHECK_FALSE(silence_command(read(R"({"matchers":"{}","for":"2h","reason":"all of it"})")));
  CHECK_FALSE(silence_command(read(R"({"matchers":"{env=~\"(\"}","for":"2h","reason":"x"})")));
}

TEST_CASE("assess, unack, end of a silence, test notice") {
  const auto assess = assess_command(read(R"({"incident":3,"impact":"high"})"));
  REQUIRE(assess);
  CHECK(std::get<AssessCommand>(assess->what).impact == Impact::high);
  CHECK_FALSE(assess_command(read(R"({"incident":3,"impact":"huge"})")));
  CHECK(std::get<UnacknowledgeCommand>(unacknowledge_command(read(R"({"incident":4})"))->what)
            .incident == IncidentId(4));
  CHECK(std::get<EndSilenceCommand>(end_silence_command(read(R"({"silence":5})"))->what).silence ==
        SilenceId(5));
  for (const char* const named : {R"({"silence":"S5"})", R"({"silence":"5"})"})
    CHECK(std::get<EndSilenceCommand>(end_silence_command(read(named))->what).silence ==
          SilenceId(5));
  for (const char* const wrong : {R"({"silence":"x"})", R"({"silence":"S"})", R"({"silence":""})"})
    CHECK_FALSE(end_silence_command(read(wrong)));
  CHECK(std::get<TestNoticeCommand>(test_notice_command(read(R"({"receiver":"r"})"))->what)
            .receiver == "r");
  CHECK_FALSE(test_notice_command(read("{}")));
  const auto drill = drill_command(read(R"({"rule":"High","for":"12m"})"));
  REQUIRE(drill);
  CHECK(std::get<DrillCommand>(drill->what).rule == "High");
  CHECK(std::get<DrillCommand>(drill->what).lasts == minutes(12));
  CHECK_FALSE(drill_command(read(R"({"rule":"High"})")));
  CHECK(std::get<EndDrillCommand>(end_drill_command(read(R"({"rule":"High"})"))->what).rule ==
        "High");
}
