#include "sources/dns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "loop/clock.hpp"
#include "sources/dns_session.hpp"
#include "sources/exposition.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

bool is_record(std::string_view found, std::string_view wanted) {
  if (wanted.ends_with('.')) wanted.remove_suffix(1);
  return lowercase(found) == lowercase(wanted);
}

Failure judge_answer(const config::DnsSource& wanted, const DnsSeen& seen) {
  if (!seen.failure.reason.empty()) return seen.failure;
  if (seen.answer.code != 0) {
    const std::string code = dns_code_name(seen.answer.code);
    return {code, fmt::format("{} says {} of {} {}", seen.server, code, wanted.name, wanted.type)};
  }
  std::vector<std::string> texts;
  for (const DnsRecord& record : seen.answer.records)
    if (record.type == dns_type(wanted.type)) texts.push_back(record.text);
  if (texts.empty()) {
    return {"no_records",
            fmt::format("{} has no {} record of {}", seen.server, wanted.type, wanted.name)};
  }
  for (const std::string& each : wanted.expect) {
    const bool there = std::any_of(texts.begin(), texts.end(),
                                   [&](const std::string& text) { return is_record(text, each); });
    if (there) continue;
    return {"unexpected",
            fmt::format("{} {} is {}, expected {}", wanted.name, wanted.type,
                        shortened(fmt::format("{}", fmt::join(texts, ", ")), 200), each)};
  }
  return {};
}

std::string render_dns(const config::DnsSource& wanted, const DnsSeen& seen,
                       const Failure& failure) {
  Exposition out;
  out.gauge("dns_up", "1 where the answer came and is as expected.")
      .add(failure.reason.empty() ? 1 : 0);
  if (!failure.reason.empty()) {
    out.gauge("dns_failure_info", "Why it is not as expected; only while it is not, always 1.")
        .add({{"reason", failure.reason}}, 1);
  }
  if (!seen.failure.reason.empty()) return out.text();
  out.gauge("dns_query_seconds", "From the question to the answer.").add(seen.seconds);
  out.gauge("dns_answer_code", "RCODE: 0 no error, 2 server failure, 3 no such name, 5 refused.")
      .add(seen.answer.code);
  out.gauge("dns_answer_by_tcp", "1 where the answer was too long for a datagram.")
      .add(seen.by_tcp ? 1 : 0);
  double records = 0;
  std::optional<std::uint32_t> ttl;
  for (const DnsRecord& record : seen.answer.records) {
    if (record.type != dns_type(wanted.type)) continue;
    ++records;
    ttl = std::min(ttl.value_or(record.ttl), record.ttl);
  }
  out.gauge("dns_answer_records", "Records of the type that was asked for.").add(records);
  if (ttl) out.gauge("dns_answer_ttl_seconds", "The least time to live among them.").add(*ttl);
  return out.text();
}

class DnsTarget final : public Source {
 public:
  DnsTarget(const config::DnsSource& definition, Duration timeout, Network& network)
      : definition_(definition), timeout_(timeout), network_(network) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    session_.emplace(network_, definition_, timeout_,
                     [this, scrape, started = loop::now().boot,
                      tell = std::move(done)](const DnsSeen& seen) mutable {
                       session_.reset();
                       const Failure failure = judge_answer(definition_, seen);
                       unanswered_ = !seen.failure.reason.empty();
                       scrape.took = loop::now().boot - started;
                       scrape.detail = failure.detail;
                       scrape.body = render_dns(definition_, seen, failure);
                       tell(std::move(scrape));
                     });
  }
  void cancel() override { session_.reset(); }
  bool is_down(const Scrape& /*scrape*/) const override { return unanswered_; }

 private:
  config::DnsSource definition_;
  Duration timeout_;
  Network& network_;
  std::optional<DnsSession> session_;
  bool unanswered_ = false;
};

}  // namespace

std::unique_ptr<Source> make_dns_source(const config::DnsSource& definition, Duration timeout,
                                        Network& network) {
  return std::make_unique<DnsTarget>(definition, timeout, network);
}

}  // namespace tocsin::sources
