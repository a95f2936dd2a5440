// A whole configuration, validated, all defaults filled in: what the daemon is built from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/config/engine_config.hpp"
#include "tocsin/model/labels.hpp"

namespace tocsin::config {

/// A secret by reference: "credential:NAME" (systemd's credentials folder), "file:PATH",
/// "env:NAME", or "value:…" where the file holds it in the clear (warned of). Read when it is used;
/// never logged or shown.
struct Secret {
  std::string reference;
  [[nodiscard]] bool empty() const { return reference.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;
};

/// How to speak HTTP to one peer.
struct HttpOptions {
  std::string username;
  Secret password;      ///< with a username: basic authentication
  Secret bearer;        ///< bearer token
  std::string ca_file;  ///< instead of the system's certificate authorities
  std::string proxy;    ///< "" : as the environment says
  friend bool operator==(const HttpOptions&, const HttpOptions&) = default;
};

struct HostSource {
  std::string procfs = "/proc";
  std::string sysfs = "/sys";
  std::string rootfs = "/";
  std::string exclude_mount_points =
      "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)";
  std::string exclude_fs_types =
      "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|"
      "iso9660|mqueue|nsfs|"
      "overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$";
  std::string exclude_disks = "^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$";
  std::string exclude_interfaces;
  friend bool operator==(const HostSource&, const HostSource&) = default;
};

struct PrometheusSource {
  std::string url;
  HttpOptions http;
  std::uint64_t max_body_bytes = 32ULL << 20U;
  friend bool operator==(const PrometheusSource&, const PrometheusSource&) = default;
};

/// One header of a request; its value is a reference, or stands in the clear.
struct HttpHeader {
  std::string name;
  Secret value;
  friend bool operator==(const HttpHeader&, const HttpHeader&) = default;
};
/// What a JSON pointer (RFC 6901) must lead to.
struct JsonExpectation {
  std::string pointer;
  std::variant<bool, double, std::string> value;
  friend bool operator==(const JsonExpectation&, const JsonExpectation&) = default;
};
/// A number, or true or false, of a JSON answer as a gauge.
struct JsonGauge {
  std::string metric;
  std::string pointer;
  friend bool operator==(const JsonGauge&, const JsonGauge&) = default;
};

/// What makes an answer a good one; what is empty is not asked for.
struct HttpExpectation {
  std::vector<std::string> statuses{"2xx"};  ///< "200", "2xx"
  std::string contains;
  std::string matches;  ///< RE2, somewhere in the body
  std::string matches_not;
  std::vector<JsonExpectation> json;
  std::optional<Duration> within;
  friend bool operator==(const HttpExpectation&, const HttpExpectation&) = default;
};

enum class IpProtocol { any, ip4, ip6 };

/// A request whose answer is judged: is the service there, and well?
struct HttpSource {
  std::string url;
  std::string method = "GET";
  std::vector<HttpHeader> headers;
  std::string body;
  HttpOptions http;
  bool verify = true;
  bool follow_redirects = true;
  IpProtocol ip_protocol = IpProtocol::any;
  std::uint64_t max_body_bytes = 1ULL << 20U;
  HttpExpectation expect;
  std::vector<JsonGauge> gauges;
  friend bool operator==(const HttpSource&, const HttpSource&) = default;
};

struct RedisSource {
  std::string address;  ///< "host:port"
  std::string socket;   ///< a unix socket's path, instead of the address
  std::string username;
  Secret password;
  bool tls = false;
  bool verify = true;
  std::string ca_file;
  friend bool operator==(const RedisSource&, const RedisSource&) = default;
};

/// What an operator counts by SQL: one series a row.
struct PostgresQueryDefinition {
  std::string metric;
  std::string sql;
  bool counter = false;
  std::vector<std::string> labels;  ///< columns whose values become labels
  std::string value;                ///< the column of the number; "" : the only other one
  std::string help;
  friend bool operator==(const PostgresQueryDefinition&, const PostgresQueryDefinition&) = default;
};

struct PostgresSource {
  Secret dsn;       ///< a connection string
  Secret password;  ///< instead of the connection string's own
  Duration statement_timeout = std::chrono::seconds(5);
  std::uint64_t pool_size = 0;  ///< 0: what the server takes
  std::string pool_user;        ///< whose connections the pool's are; "" : everybody's
  Duration slow_after = std::chrono::seconds(1);
  std::vector<PostgresQueryDefinition> queries;
  friend bool operator==(const PostgresSource&, const PostgresSource&) = default;
};

/// tocsin's own metrics, as a target like any other.
struct SelfSource {
  friend bool operator==(const SelfSource&, const SelfSource&) = default;
};

/// One target: `target` says when and under which labels, `kind` how.
struct Source {
  Target target;
  std::variant<HostSource, PrometheusSource, HttpSource, RedisSource, PostgresSource, SelfSource>
      kind;
};

struct ConsoleReceiver {
  friend bool operator==(const ConsoleReceiver&, const ConsoleReceiver&) = default;
};
struct SlackReceiver {
  Secret webhook;
  std::string channel;  ///< shown only; an incoming webhook has its own
  HttpOptions http;
  friend bool operator==(const SlackReceiver&, const SlackReceiver&) = default;
};
struct PagerDutyReceiver {
  Secret routing_key;
  std::string url = "https://events.pagerduty.com";
  Secret api_token;  ///< where given, acknowledgements made in PagerDuty are polled
  std::string api_url = "https://api.pagerduty.com";
  HttpOptions http;
  friend bool operator==(const PagerDutyReceiver&, const PagerDutyReceiver&) = default;
};
enum class MailSecurity { starttls, tls, none };

struct EmailReceiver {
  std::string server;  ///< "host:port" of the relay
  MailSecurity security = MailSecurity::starttls;
  std::string username;
  Secret password;
  std::string ca_file;
  std::string from;
  std::vector<std::string> to;
  friend bool operator==(const EmailReceiver&, const EmailReceiver&) = default;
};
struct WebhookReceiver {
  Secret url;
  Secret signing_secret;  ///< Standard Webhooks: "whsec_" and base64; none: unsigned
  HttpOptions http;
  friend bool operator==(const WebhookReceiver&, const WebhookReceiver&) = default;
};

struct ReceiverDefinition {
  outbox::Receiver receiver;  ///< name, traits, and `definition` (canonical text of all below)
  std::variant<ConsoleReceiver, SlackReceiver, PagerDutyReceiver, WebhookReceiver, EmailReceiver>
      kind;
  Duration timeout = std::chrono::seconds(10);
};

struct Listen {
  std::string address = "127.0.0.1:9797";  ///< "" : no listener
  std::uint32_t max_connections = 64;
};
struct Control {
  std::string socket = "/run/tocsin/control.sock";
  std::vector<std::string> may_speak_for_others;  ///< users who may say --by; root always may
};
struct Storage {
  std::string path = "/var/lib/tocsin";
};

/// The dead man's switch, by the conventions of healthchecks.
struct Heartbeat {
  Secret url;
  Duration every = std::chrono::minutes(1);
  Duration timeout = std::chrono::seconds(10);
  HttpOptions http;
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

struct Config {
  EngineConfig engine;  ///< its targets and receivers are those of `sources` and `receivers`
  std::vector<Source> sources;
  std::vector<ReceiverDefinition> receivers;
  Listen listen;
  Control control;
  Storage storage;
  std::optional<Heartbeat> heartbeat;
  bool console_only = false;
};

}  // namespace tocsin::config
