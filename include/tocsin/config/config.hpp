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

/// Echo requests to one host: is it there, how far away, and what gets lost.
struct PingSource {
  std::string address;  ///< a name or an address, without a port
  std::uint32_t count = 5;
  Duration spacing = std::chrono::milliseconds(100);
  std::uint16_t port = 443;  ///< connected to where echo requests are not to be had
  IpProtocol ip_protocol = IpProtocol::any;
  friend bool operator==(const PingSource&, const PingSource&) = default;
};

/// A connection that is made and closed again.
struct TcpSource {
  std::string address;  ///< "host:port"
  IpProtocol ip_protocol = IpProtocol::any;
  friend bool operator==(const TcpSource&, const TcpSource&) = default;
};

/// A question to a name server.
struct DnsSource {
  std::string name;
  std::string type = "A";
  std::string server;               ///< "host:port"; "" : the system's first
  std::vector<std::string> expect;  ///< records that must be among the answers
  friend bool operator==(const DnsSource&, const DnsSource&) = default;
};

/// The way out: it is dead where none of these answers.
struct UplinkSource {
  std::vector<std::string> addresses;  ///< a host, which is pinged, or "host:port"
  friend bool operator==(const UplinkSource&, const UplinkSource&) = default;
};

/// A job that reports in: a beat that stays away is the alert.
struct JobSource {
  Duration expect_every = std::chrono::hours(24);  ///< a success, at least so often
  Duration grace = std::chrono::minutes(5);        ///< and so much later at most
  std::optional<Duration> runs_at_most;
  Secret token;  ///< with it, beats are taken over HTTP too
  friend bool operator==(const JobSource&, const JobSource&) = default;
};

/// The service manager's units.
struct SystemdSource {
  std::string bus = "unix:path=/run/dbus/system_bus_socket";
  std::string include = ".+";
  std::string exclude = ".+\\.(automount|device|mount|scope|slice|swap|target)";
  std::vector<std::string> required;  ///< units that must be loaded and active
  std::string cgroup = "/sys/fs/cgroup";
  friend bool operator==(const SystemdSource&, const SystemdSource&) = default;
};

/// Files of one kind, of which the newest counts: backups, exports, dumps.
struct FilesSource {
  std::vector<std::string> patterns;  ///< as the shell has them
  std::optional<Duration> max_age;    ///< one so young must be there
  std::uint64_t min_size = 0;
  friend bool operator==(const FilesSource&, const FilesSource&) = default;
};

/// Processes that belong together.
struct ProcessSource {
  std::string name;     ///< the program's, as the kernel has it (15 bytes of it)
  std::string command;  ///< RE2, somewhere in the command line
  std::string unit;     ///< of systemd, by the processes' cgroup
  std::uint64_t at_least = 1;
  std::string procfs = "/proc";
  friend bool operator==(const ProcessSource&, const ProcessSource&) = default;
};

/// tocsin's own metrics, as a target like any other.
struct SelfSource {
  friend bool operator==(const SelfSource&, const SelfSource&) = default;
};

/// One target: `target` says when and under which labels, `kind` how.
struct Source {
  Target target;
  std::variant<HostSource, PrometheusSource, HttpSource, RedisSource, PostgresSource, PingSource,
               TcpSource, DnsSource, UplinkSource, JobSource, SystemdSource, FilesSource,
               ProcessSource, SelfSource>
      kind;
  /// The uplink that it is reached through, "" for none: while that is dead, what does not answer
  /// is unknown.
  std::string uplink;
};

struct ConsoleReceiver {
  friend bool operator==(const ConsoleReceiver&, const ConsoleReceiver&) = default;
};
/// By an incoming webhook or by a bot's token: one of them is given.
struct SlackReceiver {
  Secret webhook;
  Secret token;
  std::string api_url = "https://slack.com/api";
  std::string channel;  ///< where the bot posts; an incoming webhook has its own
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
  // Templates (outbox/notice_template.hpp):
  std::string path;  ///< added to the URL
  std::string body;  ///< "": ours
  std::string content_type = "application/json";
  std::vector<HttpHeader> headers;  ///< a value in the clear is a template
  HttpOptions http;
  friend bool operator==(const WebhookReceiver&, const WebhookReceiver&) = default;
};

/// One line of a receiver's own facts or actions.
struct OwnLine {
  std::string name;
  std::string text;  ///< a template
};

struct ReceiverDefinition {
  outbox::Receiver receiver;  ///< name, traits, and `definition` (canonical text of all below)
  std::variant<ConsoleReceiver, SlackReceiver, PagerDutyReceiver, WebhookReceiver, EmailReceiver>
      kind;
  Duration timeout = std::chrono::seconds(10);
  // Templates (outbox/notice_template.hpp) in place of what a notice brings; "" or none: as it is.
  std::string title;
  std::string text;                     ///< of its description
  std::optional<std::string> mark;      ///< of the sign and word that it begins with
  std::optional<std::string> severity;  ///< of the severity's word
  std::optional<std::vector<OwnLine>> facts;
  std::optional<std::string> next;              ///< of what happens next
  std::optional<std::vector<OwnLine>> actions;  ///< of how to acknowledge and to silence

  [[nodiscard]] bool has_own_words() const {
    return !title.empty() || !text.empty() || mark || severity || facts || next || actions;
  }
};

struct Listen {
  std::string address = "127.0.0.1:9797";  ///< "" : no listener
  std::uint32_t max_connections = 64;
  /// How people reach it from outside, without a `/` at the end; "": notices carry no links to
  /// acknowledge.
  std::string external_url;
  Duration link_expires = std::chrono::hours(24);  ///< how long such a link is good
};
struct Control {
  std::string socket = "/run/tocsin/control.sock";
  std::vector<std::string> may_speak_for_others;  ///< users who may say --by; root always may
};
struct Storage {
  std::string path = "/var/lib/tocsin";
  Duration history = std::chrono::hours(7 * 24);  ///< how long samples are kept on disk; 0: not
  std::uint64_t history_bytes = 256ULL << 20U;    ///< at most
  Duration history_every = std::chrono::minutes(2);
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
