#include "sources/http.hpp"

#include <charconv>
#include <utility>

#include "loop/clock.hpp"
#include "loop/http_client.hpp"
#include "loop/secrets.hpp"
#include "sources/answer_words.hpp"
#include "sources/exposition.hpp"
#include "sources/http_verdict.hpp"

namespace tocsin::sources {
namespace {

loop::IpVersion ip_version(config::IpProtocol protocol) {
  switch (protocol) {
    case config::IpProtocol::ip4:
      return loop::IpVersion::four;
    case config::IpProtocol::ip6:
      return loop::IpVersion::six;
    case config::IpProtocol::any:
      break;
  }
  return loop::IpVersion::any;
}

void add_measured(const loop::HttpMeasured& measured, Exposition& out) {
  out.gauge("probe_dns_lookup_time_seconds", "How long the name's resolution took.")
      .add(measured.resolve);
  if (!measured.address.empty()) {
    const bool six = measured.address.find(':') != std::string::npos;
    out.gauge("probe_ip_protocol", "The address's protocol, 4 or 6.").add(six ? 6 : 4);
  }
  MetricFamily& phases = out.gauge(
      "probe_http_duration_seconds",
      "How long each phase of the last hop took: resolve, connect, tls, processing, transfer.");
  phases.add({{"phase", "resolve"}}, measured.resolve);
  phases.add({{"phase", "connect"}}, measured.connect);
  phases.add({{"phase", "tls"}}, measured.tls);
  phases.add({{"phase", "processing"}}, measured.processing);
  phases.add({{"phase", "transfer"}}, measured.transfer);
  out.gauge("probe_http_redirects", "Redirects that were followed.").add(measured.redirects);
  const loop::TlsSeen& session = measured.session;
  out.gauge("probe_http_ssl", "1 where the last hop came by TLS.")
      .add(session.version.empty() ? 0 : 1);
  if (!session.version.empty()) {
    out.gauge("probe_tls_version_info", "The TLS version that was agreed upon; always 1.")
        .add({{"version", session.version}}, 1);
  }
  if (session.earliest_expiry) {
    out.gauge("probe_ssl_earliest_cert_expiry",
              "When the first certificate of the chain expires, in Unix seconds: `- time()` is "
              "what is left.")
        .add(static_cast<double>(*session.earliest_expiry));
  }
  if (!session.fault.empty()) {
    out.gauge("probe_ssl_verify_error_info",
              "Why the certificate is not good; only while it is not, always 1.")
        .add({{"error", session.fault}}, 1);
  }
}

/// What the header says, -1 where it says nothing.
double content_length(const loop::HttpResponse& response) {
  const auto found = response.headers.find("content-length");
  std::uint64_t length = 0;
  if (found == response.headers.end()) return -1;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && end == text.data() + text.size() ? static_cast<double>(length)
                                                                  : -1;
}

std::string render(const loop::HttpClient::Answer& answer, const ProbeVerdict& verdict) {
  Exposition out;
  const loop::HttpMeasured& measured = answer ? answer->measured : answer.error().measured;
  out.gauge("probe_success", "1 where the answer came and was a good one, else 0.")
      .add(verdict.reason.empty() ? 1 : 0);
  out.gauge("probe_duration_seconds", "How long the probe took in all.").add(measured.total);
  if (!verdict.reason.empty()) {
    out.gauge("probe_failure_info", "Why the probe failed; only while it fails, always 1.")
        .add({{"reason", verdict.reason}}, 1);
  }
  out.gauge("probe_http_status_code", "The answer's status; 0 without an answer.")
      .add(answer ? answer->status : 0);
  out.gauge("probe_failed_due_to_regex", "1 where it failed by a regular expression.")
      .add(verdict.by_regex ? 1 : 0);
  add_measured(measured, out);
  if (answer) {
    out.gauge("probe_http_version", "The answer's version of HTTP.")
        .add(answer->measured.http_version);
    out.gauge("probe_http_content_length", "What the answer says of its length, or -1.")
        .add(content_length(*answer));
    out.gauge("probe_http_uncompressed_body_length", "The length of the body in bytes.")
        .add(static_cast<double>(answer->body.size()));
  }
  for (const auto& [name, value] : verdict.gauges) {
    out.gauge(name, "A value of the JSON answer.").add(value);
  }
  return out.text();
}

class HttpProbe final : public Source {
 public:
  HttpProbe(const config::HttpSource& definition, Duration timeout, loop::HttpClient& http)
      : definition_(definition),
        judge_(definition.expect, definition.gauges),
        timeout_(timeout),
        http_(http) {}
  ~HttpProbe() override { HttpProbe::cancel(); }
  HttpProbe(const HttpProbe&) = delete;
  HttpProbe& operator=(const HttpProbe&) = delete;

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    const BootTime started = loop::now().boot;
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    Result<loop::HttpRequest> request = make_request();
    if (!request) {
      scrape.outcome = ScrapeOutcome::unavailable;
      scrape.detail = request.error().text;
      done(std::move(scrape));
      return;
    }
    const std::vector<std::string> secrets = secrets_of(*request);
    handle_ =
        http_.send(*std::move(request), [this, scrape, started, secrets, tell = std::move(done)](
                                            const loop::HttpClient::Answer& answer) mutable {
          handle_ = 0;
          const ProbeVerdict verdict = judge_.judge(answer, secrets);
          unanswered_ = !answer.has_value();
          scrape.took = loop::now().boot - started;
          scrape.detail = verdict.reason.empty() ? verdict.gauge_trouble : verdict.detail;
          scrape.body = render(answer, verdict);
          tell(std::move(scrape));
        });
  }

  void cancel() override {
    if (handle_ != 0) http_.cancel(std::exchange(handle_, 0));
  }
  /// A bad answer is an answer: the network has brought it.
  bool is_down(const Scrape& scrape) const override {
    return unanswered_ || scrape.outcome != ScrapeOutcome::answered;
  }

 private:
  [[nodiscard]] Result<loop::HttpRequest> make_request() const {
    loop::HttpRequest request;
    const config::HttpOptions& http = definition_.http;
    const auto read = [](const config::Secret& secret, std::string_view what, std::string& out) {
      Result<std::string> content = loop::read_secret(secret);
      if (!content) return Result<void>(tl::unexpected(content.error().within(what)));
      out = *std::move(content);
      return Result<void>();
    };
    if (auto good = read(http.password, "password", request.password); !good)
      return tl::unexpected(good.error());
    if (auto good = read(http.bearer, "bearer token", request.bearer); !good)
      return tl::unexpected(good.error());
    for (const config::HttpHeader& header : definition_.headers) {
      auto& [name, value] = request.headers.emplace_back(header.name, "");
      if (auto good = read(header.value, "header " + header.name, value); !good)
        return tl::unexpected(good.error());
    }
    request.url = definition_.url;
    request.method = definition_.method;
    request.body = definition_.body;
    request.username = http.username;
    request.ca_file = http.ca_file;
    request.proxy = http.proxy;
    request.timeout = timeout_;
    request.max_body_bytes = definition_.max_body_bytes;
    request.accept_gzip = true;
    request.follow_redirects = definition_.follow_redirects;
    request.verify = definition_.verify;
    request.ip_version = ip_version(definition_.ip_protocol);
    request.measure = true;
    return request;
  }

  config::HttpSource definition_;
  ProbeJudge judge_;
  Duration timeout_;
  loop::HttpClient& http_;
  loop::HttpClient::Handle handle_ = 0;
  bool unanswered_ = false;
};

}  // namespace

std::unique_ptr<Source> make_http_source(const config::HttpSource& definition, Duration timeout,
                                         loop::HttpClient& http) {
  return std::make_unique<HttpProbe>(definition, timeout, http);
}

}  // namespace tocsin::sources
