// tests/support/receiver_server.py as a process of the test's own, and a receiver that speaks to
// it.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/http_client.hpp"
#include "receivers/receiver.hpp"
#include "support/http_peer.hpp"
#include "unit/receivers/sample_delivery.hpp"

namespace tocsin::testing {

inline constexpr const char* kRoutingKey = "0123456789abcdef0123456789abcdef";

class ReceiverServer {
 public:
  ReceiverServer() {
    const int log = mkstemp(log_.data());
    REQUIRE(log >= 0);
    ::close(log);
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    std::string script = std::string(TOCSIN_SOURCE_DIR) + "/tests/support/receiver_server.py";
    std::vector<std::string> words{"python3",          script,        "--log", log_,
                                   "--signing-secret", kSigningSecret};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const int failed =
        posix_spawnp(&process_, "python3", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    REQUIRE_MESSAGE(failed == 0, "python3 is needed for this test");
    std::string port;
    char c = 0;
    while (::read(ends[0], &c, 1) == 1 && c != '\n') port += c;
    ::close(ends[0]);
    REQUIRE_MESSAGE(!port.empty(), "the receiver server did not start");
    url_ = "http://127.0.0.1:" + port;
  }
  ~ReceiverServer() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    ::unlink(log_.c_str());
  }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] boost::json::value last_request() const {
    std::ifstream file(log_);
    std::string line;
    std::string last;
    while (std::getline(file, line)) last = line;
    return boost::json::parse(last);
  }

 private:
  std::string log_ = "/tmp/tocsin-test-XXXXXX";
  std::string url_;
  pid_t process_ = -1;
};

struct ServerWorld {
  ReceiverServer server;
  boost::asio::io_context io;
  loop::HttpClient http{io.get_executor()};
  config::ReceiverDefinition definition;

  void slack() {
    config::SlackReceiver kind;
    kind.webhook.reference = "value:" + server.url() + "/services/T0/B0/x";
    definition.kind = kind;
  }
  void slack_bot(const std::string& channel = "#alerts") {
    config::SlackReceiver kind;
    kind.token.reference = "value:xoxb-bot-token";
    kind.channel = channel;
    kind.api_url = server.url() + "/api/";
    definition.kind = kind;
  }
  void pagerduty() {
    config::PagerDutyReceiver kind;
    kind.routing_key.reference = std::string("value:") + kRoutingKey;
    kind.url = server.url();
    kind.api_url = server.url();
    kind.api_token.reference = "value:api-token";
    definition.kind = kind;
  }
  void webhook(const std::string& secret) {
    config::WebhookReceiver kind;
    kind.url.reference = "value:" + server.url() + "/hook";
    kind.signing_secret.reference = "value:" + secret;
    definition.kind = kind;
  }

  DeliveryOutcome deliver(const Delivery& delivery) {
    const std::unique_ptr<receivers::Receiver> receiver =
        receivers::make_receiver(definition, http);
    std::optional<DeliveryOutcome> got;
    receiver->deliver(delivery, [&got](const DeliveryOutcome& outcome) { got = outcome; });
    REQUIRE(run_until(io, [&got] { return got.has_value(); }));
    return *got;
  }

  void tell(const std::string& path, const std::string& body) {
    loop::HttpRequest request;
    request.method = "POST";
    request.url = server.url() + path;
    request.body = body;
    std::optional<int> status;
    http.send(request, [&status](const loop::HttpClient::Answer& answer) {
      status = answer ? answer->status : 0;
    });
    REQUIRE(run_until(io, [&status] { return status.has_value(); }));
    REQUIRE(status == 200);
  }

  /// What the server remembers: messages, alerts, counts.
  boost::json::object state() {
    loop::HttpRequest request;
    request.method = "GET";
    request.url = server.url() + "/_state";
    std::optional<std::string> body;
    http.send(request, [&body](const loop::HttpClient::Answer& answer) {
      body = answer ? answer->body : "";
    });
    REQUIRE(run_until(io, [&body] { return body.has_value(); }));
    return boost::json::parse(*body).as_object();
  }

  std::string effect() { return std::string(server.last_request().at("effect").as_string()); }
};

}  // namespace tocsin::testing
