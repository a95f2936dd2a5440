#include "app/heartbeat.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "loop/clock.hpp"
#include "loop/log.hpp"
#include "loop/secrets.hpp"
#include "receivers/answer.hpp"

namespace tocsin::app {

namespace {

/// So long everybody has time for a first answer, after a start and after a suspend.
constexpr Duration kSettle = std::chrono::seconds(10);
constexpr Duration kLate = std::chrono::seconds(5);

}  // namespace

std::string fail_url(std::string_view url) {
  const std::size_t end = std::min(url.find_first_of("?#"), url.size());
  std::string_view path = url.substr(0, end);
  while (path.ends_with('/')) path.remove_suffix(1);
  return fmt::format("{}/fail{}", path, url.substr(end));
}

Heartbeat::Heartbeat(loop::HttpClient& http, std::function<std::vector<std::string>()> look)
    : http_(http), look_(std::move(look)), timer_(http.loop()) {}

void Heartbeat::configure(std::optional<config::Heartbeat> wanted) {
  if (wanted == configured_) return;
  stop();
  counts_ = {};
  configured_ = std::move(wanted);
  if (!configured_) return;
  sender_ = std::make_unique<receivers::Sender>(http_, configured_->http, configured_->timeout);
  wait_until(loop::now().boot + std::min(configured_->every, kSettle));
}

void Heartbeat::stop() {
  timer_.cancel();
  sender_.reset();
  under_way_ = false;
}

std::optional<Heartbeat::Counts> Heartbeat::counts() const {
  return configured_ ? std::optional(counts_) : std::nullopt;
}

void Heartbeat::wait_until(BootTime due) {
  due_ = due;
  timer_.at(due, [this] { ping(); });
}

void Heartbeat::ping() {
  const BootTime now = loop::now().boot;
  // The machine was suspended: what there is to see is from before.
  if (now - due_ > kLate) return wait_until(now + std::min(configured_->every, kSettle));
  wait_until(due_ + configured_->every);
  const std::vector<std::string> troubles = look_();
  note(troubles);
  if (!under_way_) send(troubles);
}

void Heartbeat::note(const std::vector<std::string>& troubles) {
  const bool well = troubles.empty();
  if (well && !counts_.well) loop::log::info("heartbeat: all moves on again");
  if (!well && counts_.well)
    loop::log::warning(fmt::format("heartbeat: {}", fmt::join(troubles, "; ")));
  counts_.well = well;
}

void Heartbeat::send(const std::vector<std::string>& troubles) {
  const bool well = troubles.empty();
  const Result<std::string> url = loop::read_secret(configured_->url);
  if (!url) return answered(well, url.error().text);
  Result<loop::HttpRequest> request = sender_->request("POST", well ? *url : fail_url(*url));
  if (!request) return answered(well, request.error().text);
  request->headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  request->body = fmt::format("{}", fmt::join(troubles, "\n"));
  under_way_ = true;
  sender_->send(std::move(*request),
                [this, well, secret = *url](const loop::HttpClient::Answer& answer) {
                  under_way_ = false;
                  if (!answer) return answered(well, answer.error().detail);
                  const bool yes = answer->status >= 200 && answer->status < 300;
                  answered(well, yes ? ""
                                     : fmt::format("HTTP {}: {}", answer->status,
                                                   receivers::shown(answer->body, secret)));
                });
}

void Heartbeat::answered(bool well, const std::string& trouble) {
  if (trouble.empty()) {
    ++(well ? counts_.success : counts_.failure);
    if (std::exchange(counts_.unsent_in_a_row, 0) > 0)
      loop::log::info("heartbeat: the service takes pings again");
    return;
  }
  ++counts_.unsent;
  if (counts_.unsent_in_a_row++ == 0)
    loop::log::warning("heartbeat: a ping was not taken: " + trouble);
}

}  // namespace tocsin::app
