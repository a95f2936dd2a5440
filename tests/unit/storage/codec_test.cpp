#include "storage/codec.hpp"

#include <doctest/doctest.h>

#include <boost/describe/members.hpp>
#include <boost/json.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cmath>
#include <limits>
#include <type_traits>

#include "storage/fields.hpp"

using namespace tocsin;
using storage::decode;
using storage::encode;

namespace {

/// Sets every field, however deep, to a value of its own that is not the default.
class Filler {
 public:
  void fill(bool& value) { value = !value; }
  void fill(double& value) { value = static_cast<double>(++last_) + 0.25; }
  void fill(std::string& value) { value = "text " + std::to_string(++last_) + " \"\\\n ä"; }
  template <class T>
  requires std::is_integral_v<T>
  void fill(T& value) { value = static_cast<T>(++last_); }
  template <class T>
  requires std::is_enum_v<T>
  void fill(T& value) { value = static_cast<T>(static_cast<int>(value) == 0 ? 1 : 0); }
  template <class Tag, class Rep>
  void fill(Id<Tag, Rep>& id) {
    fill(id.value);
  }
  void fill(Duration& value) { value = Duration(++last_); }
  void fill(WallTime& value) { value = WallTime(Duration(++last_)); }
  void fill(Stamp& value) {
    value.boot = BootTime(Duration(-(++last_)));
    fill(value.wall);
  }
  void fill(Labels& value) { value = Labels{{"b", std::to_string(++last_)}, {"a", "ä\n\"{}"}}; }
  void fill(Presentation& /*never stored*/) {}
  template <class T>
  void fill(std::optional<T>& value) {
    fill(value.emplace());
  }
  template <class T>
  void fill(std::vector<T>& values) {
    for (int i = 0; i < 2; ++i) fill(values.emplace_back());
  }
  template <class T>
  requires boost::describe::has_describe_members<T>::value void fill(T& object) {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto field) { fill(object.*field.pointer); });
  }

 private:
  int last_ = 0;
};

template <class T>
void check_round_trip() {
  T full{};
  Filler().fill(full);
  const std::string text = encode(full);
  const auto read = decode<T>(text);
  REQUIRE(read.has_value());
  CHECK(encode(*read) == text);
  // A field that is not written, or that the filler forgot, would be as in an empty object.
  const auto fields = boost::json::parse(text).as_object();
  const auto empty = boost::json::parse(encode(T{})).as_object();
  CHECK(fields.size() == empty.size());
  for (const auto& [name, value] : fields) {
    CAPTURE(std::string(name));
    CHECK(value != empty.at(name));
  }
  // What an older version did not write keeps its default.
  const auto bare = decode<T>("{}");
  REQUIRE(bare.has_value());
  CHECK(encode(*bare) == encode(T{}));
}

}  // namespace

TEST_CASE("every field of every record comes back") {
  check_round_trip<Alert>();
  check_round_trip<Incident>();
  check_round_trip<TimelineEntry>();
  check_round_trip<Delivery>();
  check_round_trip<Silence>();
  check_round_trip<EngineState>();
  check_round_trip<RetiredReceiver>();
}

TEST_CASE("the form on disk is a promise") {
  Silence silence;
  silence.id = SilenceId(7);
  silence.matchers = "{a=\"b\"}";
  silence.author = "ada";
  silence.reason = "disk swap";
  silence.created = Stamp{BootTime(Duration(-5)), WallTime(Duration(1'767'172'500'000))};
  silence.lasts = minutes(90);
  CHECK(encode(silence) == R"({"id":7,"matchers":"{a=\"b\"}","author":"ada","reason":"disk swap",)"
                           R"("created":[-5,1767172500000],"lasts":5400000,"ended_early":false,)"
                           R"("maintenance":false,"begins":null,"window":""})");
  CHECK(encode(AlertKey{"R", Labels{{"b", "2"}, {"a", "1"}}}) ==
        R"({"rule":"R","labels":{"a":"1","b":"2"}})");
  CHECK(
      encode(TimelineEntry{
          IncidentId(1), 2, {}, TimelineKind::level_due_at_once, "x", {"on-call"}, {}}) ==
      R"({"incident":1,"number":2,"at":[0,0],"kind":"level due at once","text":"x","told":["on-call"],"woke":[]})");
}

TEST_CASE("numbers that JSON has no word for come back") {
  Alert alert;
  alert.value = std::numeric_limits<double>::infinity();
  alert.worst_value = std::numeric_limits<double>::quiet_NaN();
  const auto read = decode<Alert>(encode(alert));
  REQUIRE(read.has_value());
  CHECK(read->value == alert.value);
  CHECK(std::isnan(read->worst_value.value()));
  alert.value = 0.1 + 0.2;
  CHECK(decode<Alert>(encode(alert))->value == 0.1 + 0.2);
  alert.value = 3.0;
  CHECK(decode<Alert>(encode(alert))->value == 3.0);
}

TEST_CASE("extreme numbers and bytes that are no text come back") {
  EngineState state;
  state.next_id = std::numeric_limits<std::uint64_t>::max();
  state.boot_id = std::string("a\xff\0b", 4);
  const auto read = decode<EngineState>(encode(state));
  REQUIRE(read.has_value());
  CHECK(read->next_id == state.next_id);
  CHECK(read->boot_id == state.boot_id);
  Alert alert;
  alert.held = Duration::min();
  alert.since = Stamp{BootTime::min(), WallTime::max()};
  CHECK(decode<Alert>(encode(alert))->since == alert.since);
  CHECK(decode<Alert>(encode(alert))->held == alert.held);
}

TEST_CASE("fields of a later version are ignored") {
  CHECK(decode<RetiredReceiver>(R"({"name":"a","colour":"red"})")->name == "a");
}

TEST_CASE("what contradicts itself is refused, and the field is named") {
  const auto why = [](std::string_view text) {
    const auto read = decode<Delivery>(text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == ErrorCode::corrupt);
    return read.error().text;
  };
  CHECK(why("").find("no JSON") != std::string::npos);
  CHECK(why("{\"level\":").find("no JSON") != std::string::npos);
  CHECK(why("[]").find("no JSON object") != std::string::npos);
  CHECK(why(R"({"level":"one"})").find("\"level\"") != std::string::npos);
  CHECK(why(R"({"level":1.5})").find("\"level\"") != std::string::npos);
  CHECK(why(R"({"level":99999999999})").find("\"level\"") != std::string::npos);
  CHECK(why(R"({"ring":-1})").find("\"ring\"") != std::string::npos);
  CHECK(why(R"({"state":"dancing"})").find("\"state\"") != std::string::npos);
  CHECK(why(R"({"state":"unknown"})").find("\"state\"") != std::string::npos);
  CHECK(why(R"({"created":[1]})").find("\"created\"") != std::string::npos);
  CHECK(why(R"({"created":[1,null]})").find("\"created\"") != std::string::npos);
  CHECK(why(R"({"receiver":null})").find("\"receiver\"") != std::string::npos);
  CHECK(why(R"({"wakes":1})").find("\"wakes\"") != std::string::npos);
  CHECK(why(R"({"notice":{"alerts":[{"since":"now"}]}})").find("\"notice.alerts.since\"") !=
        std::string::npos);
  CHECK(why(R"({"notice":{"host_labels":{"a":1}}})").find("\"notice.host_labels\"") !=
        std::string::npos);
  CHECK(why(std::string(100'000, '[')).find("no JSON") != std::string::npos);
}
