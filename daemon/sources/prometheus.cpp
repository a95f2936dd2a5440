#include "sources/prometheus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "loop/clock.hpp"
#include "loop/secrets.hpp"
#include "sources/answer_words.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

constexpr std::string_view kAccept =
    "text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1";

Scrape failed(ScrapeOutcome outcome, std::string detail) {
  Scrape scrape;
  scrape.outcome = outcome;
  scrape.detail = std::move(detail);
  return scrape;
}

ScrapeOutcome outcome_of(loop::HttpFailure failure) {
  switch (failure) {
    case loop::HttpFailure::unresolved:
      return ScrapeOutcome::unresolved;
    case loop::HttpFailure::refused:
    case loop::HttpFailure::reset:
      return ScrapeOutcome::refused;
    case loop::HttpFailure::tls:
      return ScrapeOutcome::tls_failed;
    case loop::HttpFailure::timed_out:
      return ScrapeOutcome::timed_out;
    case loop::HttpFailure::too_large:
      return ScrapeOutcome::too_large;
    case loop::HttpFailure::redirected:
      return ScrapeOutcome::bad_status;
    case loop::HttpFailure::other:
      break;
  }
  return ScrapeOutcome::unavailable;
}

std::string content_type(const loop::HttpResponse& response) {
  const auto found = response.headers.find("content-type");
  if (found == response.headers.end()) {
    return {};
  }
  const std::string_view value = found->second;
  return lowercase(trim(value.substr(0, value.find(';'))));
}

/// Pages and documents; whatever else a server calls its metrics is left to the parser.
bool is_other_kind(std::string_view type) {
  return type == "text/html" || type == "application/xhtml+xml" || type == "application/json" ||
         type == "application/xml" || type == "text/xml" || type == "application/pdf" ||
         type.starts_with("image/") || type.starts_with("video/") || type.starts_with("audio/");
}

Scrape answered(loop::HttpResponse response) {
  const std::string type = content_type(response);
  const std::string_view start = trim(std::string_view(response.body).substr(0, 256));
  if (is_other_kind(type)) {
    return failed(ScrapeOutcome::not_metrics,
                  "the answer is " + shortened(printable(type), 64) + ", not metrics");
  }
  if (start.starts_with('<')) {
    return failed(ScrapeOutcome::not_metrics,
                  "the answer begins like a web page: " + shortened(printable(start), 40));
  }
  Scrape scrape;
  scrape.body = std::move(response.body);
  scrape.format = type == "application/openmetrics-text" ? ExpositionFormat::openmetrics
                                                         : ExpositionFormat::text;
  return scrape;
}

class PrometheusTarget final : public Source {
 public:
  PrometheusTarget(const config::PrometheusSource& definition, Duration timeout,
                   loop::HttpClient& http)
      : definition_(definition), timeout_(timeout), http_(http) {}
  ~PrometheusTarget() override { PrometheusTarget::cancel(); }
  PrometheusTarget(const PrometheusTarget&) = delete;
  PrometheusTarget& operator=(const PrometheusTarget&) = delete;

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    const BootTime started = loop::now().boot;
    Result<loop::HttpRequest> request = make_request();
    if (!request) {
      Scrape scrape = failed(ScrapeOutcome::unavailable, request.error().text);
      scrape.target = target;
      scrape.tick = tick;
      done(std::move(scrape));
      return;
    }
    const std::vector<std::string> secrets = secrets_of(*request);
    handle_ =
        http_.send(*std::move(request), [this, target, tick, started, secrets,
                                         tell = std::move(done)](loop::HttpClient::Answer answer) {
          handle_ = 0;
          Scrape scrape = scrape_of(std::move(answer), secrets);
          scrape.target = target;
          scrape.tick = tick;
          scrape.took = loop::now().boot - started;
          tell(std::move(scrape));
        });
  }

  void cancel() override {
    if (handle_ != 0) {
      http_.cancel(std::exchange(handle_, 0));
    }
  }

 private:
  [[nodiscard]] Result<loop::HttpRequest> make_request() const {
    const config::HttpOptions& http = definition_.http;
    Result<std::string> password = loop::read_secret(http.password);
    if (!password) {
      return tl::unexpected(password.error().within("password"));
    }
    Result<std::string> bearer = loop::read_secret(http.bearer);
    if (!bearer) {
      return tl::unexpected(bearer.error().within("bearer token"));
    }
    loop::HttpRequest request;
    request.url = definition_.url;
    request.headers = {
        {"Accept", std::string(kAccept)},
        {"X-Prometheus-Scrape-Timeout-Seconds", fmt::format("{:.3f}", in_seconds(timeout_))},
    };
    request.username = http.username;
    request.password = *std::move(password);
    request.bearer = *std::move(bearer);
    request.ca_file = http.ca_file;
    request.proxy = http.proxy;
    request.timeout = timeout_;
    request.max_body_bytes = definition_.max_body_bytes;
    request.accept_gzip = true;
    request.follow_redirects = true;
    return request;
  }

  config::PrometheusSource definition_;
  Duration timeout_;
  loop::HttpClient& http_;
  loop::HttpClient::Handle handle_ = 0;
};

}  // namespace

Scrape scrape_of(loop::HttpClient::Answer answer, const std::vector<std::string>& secrets) {
  if (!answer) {
    return failed(outcome_of(answer.error().kind), answer.error().detail);
  }
  const int status = answer->status;
  if (status == 401) {
    return failed(ScrapeOutcome::unauthorized,
                  with_words("status 401: the target wants other credentials", *answer, secrets));
  }
  if (status == 403) {
    return failed(ScrapeOutcome::unauthorized,
                  with_words("status 403: the target forbids this", *answer, secrets));
  }
  if (status != 200) {
    return failed(ScrapeOutcome::bad_status,
                  with_words(fmt::format("status {}", status), *answer, secrets));
  }
  return answered(*std::move(answer));
}

std::unique_ptr<Source> make_prometheus_source(const config::PrometheusSource& definition,
                                               Duration timeout, loop::HttpClient& http) {
  return std::make_unique<PrometheusTarget>(definition, timeout, http);
}

}  // namespace tocsin::sources
