#include "sources/http_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "sources/answer_words.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

namespace json = boost::json;

constexpr std::size_t kShownBytes = 80;

/// Somewhere in the text, where a matcher's own meaning is the whole of it.
std::optional<Matcher> somewhere(const std::string& regex) {
  if (regex.empty()) return std::nullopt;
  auto matcher = Matcher::make("body", MatchOp::regex, "(?s:.*)(?:" + regex + ")(?s:.*)");
  return matcher ? std::optional(*std::move(matcher)) : std::nullopt;
}

std::string_view failure_word(loop::HttpFailure failure) {
  switch (failure) {
    case loop::HttpFailure::unresolved:
      return "unresolved";
    case loop::HttpFailure::refused:
      return "refused";
    case loop::HttpFailure::tls:
      return "tls_failed";
    case loop::HttpFailure::timed_out:
      return "timed_out";
    case loop::HttpFailure::too_large:
      return "too_large";
    case loop::HttpFailure::reset:
      return "broken_off";
    case loop::HttpFailure::redirected:
      return "redirected";
    case loop::HttpFailure::other:
      break;
  }
  return "unavailable";
}

bool is_status(int status, const std::string& wanted) {
  const std::string text = std::to_string(status);
  return wanted.ends_with("xx") ? text.starts_with(wanted.front()) : text == wanted;
}

std::string shown(const json::value& value, const std::vector<std::string>& secrets) {
  return shortened(printable(without_secrets(json::serialize(value), secrets)), kShownBytes);
}

std::string shown(const std::variant<bool, double, std::string>& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return shortened(json::serialize(json::string(std::get<std::string>(value))), kShownBytes);
}

std::optional<double> number_in(const json::value& value) {
  if (value.is_bool()) return value.get_bool() ? 1 : 0;
  if (!value.is_number()) return std::nullopt;
  boost::system::error_code inexact;
  const double number = value.to_number<double>(inexact);
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

bool is_as_expected(const json::value& found,
                    const std::variant<bool, double, std::string>& wanted) {
  if (const auto* flag = std::get_if<bool>(&wanted)) {
    return found.is_bool() && found.get_bool() == *flag;
  }
  if (const auto* number = std::get_if<double>(&wanted)) {
    return !found.is_bool() && number_in(found) == *number;
  }
  const json::string* text = found.if_string();
  return text != nullptr && std::string_view(text->data(), text->size()) ==
                                std::string_view(std::get<std::string>(wanted));
}

const json::value* at_pointer(const json::value& document, const std::string& pointer) {
  boost::system::error_code missing;
  return document.find_pointer(pointer, missing);
}

std::string where(const std::string& pointer) {
  return pointer.empty() ? "the JSON answer" : pointer;
}

void fail_with(ProbeVerdict& verdict, std::string_view reason, std::string detail) {
  verdict.reason = reason;
  verdict.detail = std::move(detail);
}

}  // namespace

ProbeJudge::ProbeJudge(config::HttpExpectation expect, std::vector<config::JsonGauge> gauges)
    : expect_(std::move(expect)),
      gauges_(std::move(gauges)),
      matches_(somewhere(expect_.matches)),
      matches_not_(somewhere(expect_.matches_not)) {}

ProbeVerdict ProbeJudge::judge(const loop::HttpClient::Answer& answer,
                               const std::vector<std::string>& secrets) const {
  ProbeVerdict verdict;
  if (!answer) {
    fail_with(verdict, failure_word(answer.error().kind), answer.error().detail);
    return verdict;
  }
  const bool expected =
      std::any_of(expect_.statuses.begin(), expect_.statuses.end(),
                  [&](const std::string& wanted) { return is_status(answer->status, wanted); });
  if (!expected) {
    fail_with(verdict, "bad_status",
              with_words(fmt::format("status {}, expected {}", answer->status,
                                     fmt::join(expect_.statuses, " or ")),
                         *answer, secrets));
    return verdict;
  }
  judge_body(*answer, secrets, verdict);
  if (verdict.reason.empty() && expect_.within && answer->took > *expect_.within) {
    fail_with(verdict, "too_slow",
              fmt::format("the answer took {}, expected within {}", format_duration(answer->took),
                          format_duration(*expect_.within)));
  }
  return verdict;
}

void ProbeJudge::judge_body(const loop::HttpResponse& response,
                            const std::vector<std::string>& secrets, ProbeVerdict& verdict) const {
  const std::string& body = response.body;
  if (!expect_.json.empty() || !gauges_.empty()) read_json(body, secrets, verdict);
  if (!verdict.reason.empty()) return;
  if (!expect_.contains.empty() && body.find(expect_.contains) == std::string::npos) {
    fail_with(verdict, "text_missing",
              with_words(fmt::format("the body does not contain `{}`",
                                     shortened(printable(expect_.contains), kShownBytes)),
                         response, secrets));
  } else if (matches_ && !matches_->matches(body)) {
    verdict.by_regex = true;
    fail_with(verdict, "no_match",
              with_words(fmt::format("nothing in the body matches `{}`",
                                     shortened(printable(expect_.matches), kShownBytes)),
                         response, secrets));
  } else if (matches_not_ && matches_not_->matches(body)) {
    verdict.by_regex = true;
    fail_with(verdict, "match",
              with_words(fmt::format("the body matches `{}`",
                                     shortened(printable(expect_.matches_not), kShownBytes)),
                         response, secrets));
  }
}

void ProbeJudge::read_json(const std::string& body, const std::vector<std::string>& secrets,
                           ProbeVerdict& verdict) const {
  boost::system::error_code error;
  const json::value document = json::parse(body, error);
  if (error) {
    const std::string trouble = "the answer is not JSON: " + error.message();
    if (expect_.json.empty()) {
      verdict.gauge_trouble = trouble;
    } else {
      fail_with(verdict, "not_json", trouble);
    }
    return;
  }
  for (const config::JsonGauge& gauge : gauges_) {
    const json::value* found = at_pointer(document, gauge.pointer);
    const std::optional<double> number = found != nullptr ? number_in(*found) : std::nullopt;
    if (number) {
      verdict.gauges.emplace_back(gauge.metric, *number);
    } else if (verdict.gauge_trouble.empty()) {
      verdict.gauge_trouble = fmt::format(
          "no `{}`: {} {}", gauge.metric, where(gauge.pointer),
          found != nullptr ? "is no number: " + shown(*found, secrets) : "is not in the answer");
    }
  }
  for (const config::JsonExpectation& expected : expect_.json) {
    const json::value* found = at_pointer(document, expected.pointer);
    if (found != nullptr && is_as_expected(*found, expected.value)) continue;
    fail_with(
        verdict, "bad_json",
        fmt::format("{} is {}, expected {}", where(expected.pointer),
                    found != nullptr ? shown(*found, secrets) : "missing", shown(expected.value)));
    return;
  }
}

}  // namespace tocsin::sources
