// A job's word: POST /beat/NAME, /beat/NAME/start, /beat/NAME/fail, /beat/NAME/EXIT-CODE; the body
// is its last words.
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <charconv>
#include <utility>

#include "app/routes.hpp"
#include "loop/log.hpp"
#include "loop/secrets.hpp"
#include "sources/jobs.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace {

constexpr std::size_t kLastWordsMost = 300;

/// As long for a wrong token as for the right one.
bool same_secret(std::string_view said, std::string_view secret) {
  unsigned difference = said.size() == secret.size() ? 0 : 1;
  for (std::size_t at = 0; at < said.size(); ++at) {
    const char other = secret.empty() ? 'x' : secret[at % secret.size()];
    difference |= static_cast<unsigned char>(said[at] ^ other);
  }
  return difference == 0 && !secret.empty();
}

std::optional<sources::Beat> beat_of(std::string_view word, std::string_view body) {
  sources::Beat beat;
  beat.note = shortened(printable(valid_utf8(trim(body))), kLastWordsMost);
  if (word.empty() || word == "success") return beat;
  if (word == "start") {
    beat.what = sources::Beat::What::start;
    return beat;
  }
  int code = 1;
  if (word != "fail") {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), code);
    if (error != std::errc() || end != word.data() + word.size() || code < 0 || code > 255)
      return std::nullopt;
  }
  if (code == 0) return beat;
  beat.what = sources::Beat::What::failure;
  beat.exit_code = code;
  return beat;
}

/// Nothing where the request may speak for the job.
std::optional<http::Response> refusal(const config::JobSource* job, const http::Request& request,
                                      const std::string& name) {
  if (request.peer) {
    if (job != nullptr) return std::nullopt;
    return http::text_response(
        404, fmt::format("no job is called `{}`: [source.job.NAME]", printable(valid_utf8(name))));
  }
  // Who has no token learns nothing of which jobs there are.
  const http::Response denied = http::text_response(403, "no job of that name takes this token");
  if (job == nullptr || job->token.empty()) return denied;
  const auto token = loop::read_secret(job->token);
  if (!token) {
    loop::log::error(fmt::format("beat of job {}: {}", name, token.error().within("token").text));
    return http::text_response(503, "the job's token cannot be read");
  }
  constexpr std::string_view kScheme = "Bearer ";
  const std::string said = request.header("authorization");
  if (!std::string_view(said).starts_with(kScheme) ||
      !same_secret(std::string_view(said).substr(kScheme.size()), *token)) {
    return denied;
  }
  return std::nullopt;
}

http::Response beat_answer(int status, bool recorded, std::string_view text) {
  boost::json::object body;
  body["accepted"] = status == 200;
  body["recorded"] = recorded;
  body["text"] = boost::json::string(text.data(), text.size());
  return http::json_response(status, boost::json::serialize(body) + '\n');
}

}  // namespace

void take_beat(const Surface& surface, const http::Request& request, http::Respond respond) {
  const std::string& name = request.captures.front();
  if (auto refused = refusal(surface.jobs.find(name), request, name))
    return respond(*std::move(refused));
  const std::string word = request.captures.size() > 1 ? request.captures[1] : "";
  const auto beat = beat_of(word, request.body);
  if (!beat) {
    return respond(
        beat_answer(400, false, "a beat is start, success, fail or an exit code from 0 to 255"));
  }
  surface.jobs.beat(name, *beat, [respond = std::move(respond)](bool recorded) {
    respond(beat_answer(200, recorded, recorded ? "taken" : "taken, but not recorded"));
  });
}

}  // namespace tocsin::app
