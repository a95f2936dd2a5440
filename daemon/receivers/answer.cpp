#include "receivers/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "receivers/wording.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

constexpr Duration kRetryAfterMost = hours(24);
constexpr std::size_t kWordsBytes = 300;
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::string described(const loop::HttpResponse& response, std::string_view words) {
  return fmt::format("HTTP {}{}{}", response.status, words.empty() ? "" : ": ", words);
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const std::optional<int> day = whole_number(text.substr(5, 2));
  const std::optional<int> year = whole_number(text.substr(12, 4));
  const std::optional<int> hour = whole_number(text.substr(17, 2));
  const std::optional<int> minute = whole_number(text.substr(20, 2));
  const std::optional<int> second = whole_number(text.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date(
      std::chrono::year(*year),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return WallTime(std::chrono::duration_cast<Duration>(days) + hours(*hour) + minutes(*minute) +
                  seconds(*second));
}

std::optional<Duration> retry_after(const loop::HttpResponse& response, WallTime now) {
  const auto header = response.headers.find("retry-after");
  if (header == response.headers.end()) return std::nullopt;
  const std::string_view text = trim(header->second);
  if (const std::optional<int> whole = whole_number(text)) {
    return std::min<Duration>(seconds(*whole), kRetryAfterMost);
  }
  const std::optional<WallTime> until = parse_http_date(text);
  if (!until) return std::nullopt;
  const auto date = response.headers.find("date");
  const std::optional<WallTime> theirs =
      date == response.headers.end() ? std::nullopt : parse_http_date(trim(date->second));
  return std::clamp<Duration>(*until - theirs.value_or(now), Duration(0), kRetryAfterMost);
}

DeliveryOutcome outcome_of(const loop::HttpError& error) {
  DeliveryOutcome out;
  out.result = DeliveryResult::retryable;
  out.detail = error.detail;
  out.may_have_arrived = error.request_sent;
  return out;
}

DeliveryOutcome outcome_of(const loop::HttpResponse& response, std::string_view words,
                           WallTime now) {
  DeliveryOutcome out;
  const int status = response.status;
  out.detail = described(response, words);
  const bool for_ever = status >= 400 && status < 500 && status != 429 && status != 408;
  out.result = for_ever ? DeliveryResult::permanent : DeliveryResult::retryable;
  if (!for_ever) out.retry_after = retry_after(response, now);
  // A gateway that lost patience, and a yes that is not quite one, may stand before a service that
  // took it.
  out.may_have_arrived = status == 502 || status == 504 || (status >= 200 && status < 300);
  return out;
}

DeliveryOutcome outcome_of(const Error& error) {
  DeliveryOutcome out;
  const bool for_ever = error.code == ErrorCode::invalid || error.code == ErrorCode::not_found ||
                        error.code == ErrorCode::denied;
  out.result = for_ever ? DeliveryResult::permanent : DeliveryResult::retryable;
  out.detail = error.text;
  return out;
}

DeliveryOutcome delivered(const loop::HttpResponse& response, std::string_view words) {
  DeliveryOutcome out;
  out.detail = described(response, words);
  return out;
}

std::string shown(std::string_view text, std::string_view secret) {
  const std::string out = without_secret(text.substr(0, kWordsBytes * 4), secret);
  return one_line(trim(out), kWordsBytes);
}

}  // namespace tocsin::receivers
