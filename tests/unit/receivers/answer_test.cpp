// Risk: a refusal retried for ever, a busy service given up on, a page doubled or a close not owed
// because an answer was lost.
#include "receivers/answer.hpp"

#include <doctest/doctest.h>

#include "unit/receivers/sample_delivery.hpp"

using namespace tocsin;
using namespace tocsin::receivers;
using testing::wall;

namespace {

const WallTime kNow = parse_rfc3339("2025-12-31T09:15:00Z").value();

loop::HttpResponse response(int status, std::multimap<std::string, std::string> headers = {}) {
  loop::HttpResponse out;
  out.status = status;
  out.headers = std::move(headers);
  return out;
}

}  // namespace

TEST_CASE("answer: 4xx is for ever, save 408 and 429; everything else may get better") {
  for (const int status : {400, 401, 403, 404, 410, 413, 422}) {
    CAPTURE(status);
    CHECK(outcome_of(response(status), "no", kNow).result == DeliveryResult::permanent);
  }
  for (const int status : {301, 302, 307, 408, 429, 500, 502, 503, 504, 204}) {
    CAPTURE(status);
    CHECK(outcome_of(response(status), "", kNow).result == DeliveryResult::retryable);
  }
  CHECK(outcome_of(response(404), "no_service", kNow).detail == "HTTP 404: no_service");
}

TEST_CASE("answer: it may have arrived where a gateway gave up or the request was on its way") {
  CHECK(outcome_of(response(502), "", kNow).may_have_arrived);
  CHECK(outcome_of(response(504), "", kNow).may_have_arrived);
  CHECK_FALSE(outcome_of(response(500), "", kNow).may_have_arrived);
  CHECK_FALSE(outcome_of(response(429), "", kNow).may_have_arrived);
  loop::HttpError error;
  error.kind = loop::HttpFailure::timed_out;
  CHECK_FALSE(outcome_of(error).may_have_arrived);
  CHECK(outcome_of(error).result == DeliveryResult::retryable);
  error.request_sent = true;
  CHECK(outcome_of(error).may_have_arrived);
}

TEST_CASE("answer: Retry-After in seconds") {
  CHECK(retry_after(response(429, {{"retry-after", "30"}}), kNow) == seconds(30));
  CHECK(retry_after(response(429, {{"retry-after", "0"}}), kNow) == seconds(0));
  CHECK(retry_after(response(429, {{"retry-after", "999999999"}}), kNow) == hours(24));
  CHECK_FALSE(retry_after(response(429, {{"retry-after", "-5"}}), kNow).has_value());
  CHECK_FALSE(retry_after(response(429, {{"retry-after", "soon"}}), kNow).has_value());
  CHECK_FALSE(retry_after(response(429), kNow).has_value());
}

TEST_CASE("answer: Retry-After as a date, against the service's own clock where it tells it") {
  const std::string date = "Wed, 31 Dec 2025 09:16:30 GMT";
  CHECK(retry_after(response(429, {{"retry-after", date}}), kNow) == seconds(90));
  CHECK(retry_after(response(429, {{"retry-after", date}}), kNow + hours(5)) == seconds(0));
  CHECK(
      retry_after(response(429, {{"retry-after", date}, {"date", "Wed, 31 Dec 2025 09:16:10 GMT"}}),
                  kNow + hours(5)) == seconds(20));
}

TEST_CASE("answer: HTTP dates") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == wall("1994-11-06T08:49:37Z"));
  CHECK(parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT") == wall("2024-02-29T23:59:59Z"));
  for (const char* text : {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nvo 1994 08:49:37 GMT",
                           "Sun, 31 Feb 2024 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, -6 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text).has_value());
  }
}

TEST_CASE("answer: words are shown in one line, shortened, and without the secret") {
  CHECK(shown("bad key R0UTE in\nR0UTE\n", "R0UTE") == "bad key *** in\\n***");
  CHECK(shown(std::string(5000, 'x'), "").size() <= 300);
  CHECK(shown("ok", "") == "ok");
}
