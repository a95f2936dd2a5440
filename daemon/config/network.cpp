#include "network.hpp"

#include <algorithm>

#include "fields.hpp"
#include "sources.hpp"
#include "url.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kDomainMost = 253;  // RFC 1035, written without the last dot
constexpr std::size_t kDomainLabelMost = 63;

/// "host", "192.0.2.1", "2001:db8::1": no port, no scheme.
bool names_host(std::string_view text) {
  if (text.empty() || text.size() > kDomainMost) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20U && byte != 0x7FU && c != '/' && c != '[' && c != ']' && c != '@';
  });
}

bool is_bare_ip6(std::string_view text) {
  return std::count(text.begin(), text.end(), ':') >= 2 && !text.starts_with('[');
}

bool is_ip4(std::string_view text) {
  return std::count(text.begin(), text.end(), '.') == 3 &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// A host alone, not one with a port: what is pinged has none.
void check_host(const Fields& fields, std::string_view host, Report& report) {
  if (!fields.has("address")) return;
  if (!names_host(host)) {
    report.error(fields.place("address"), fmt::format("`{}` is no host", host),
                 "for example address = \"192.0.2.1\"");
  } else if (host.find(':') != std::string_view::npos && !is_bare_ip6(host)) {
    report.error(fields.place("address"), "an echo request goes to a host: it has no port",
                 "[source.tcp.NAME] connects to a port");
  }
}

/// "host" and "host:port", with `port` where none is written.
std::string with_port(const std::string& text, std::string_view port) {
  if (is_bare_ip6(text)) return fmt::format("[{}]:{}", text, port);
  const bool bracketed = text.ends_with(']');
  return text.empty() || (!bracketed && text.find(':') != std::string::npos)
             ? text
             : fmt::format("{}:{}", text, port);
}

bool is_domain(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > kDomainMost) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (label.empty() || label.size() > kDomainLabelMost) return false;
    const bool good = std::all_of(label.begin(), label.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte > 0x20U && byte < 0x7FU && c != '/' && c != ':' && c != '\\';
    });
    if (!good) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

IpProtocol read_ip_protocol(const Fields& fields, std::string_view host, Report& report) {
  const std::string word = fields.text("ip_protocol");
  if (word != "ip4" && word != "ip6") return IpProtocol::any;
  const bool is_ip6 = host.starts_with('[') || is_bare_ip6(host);
  if (word == "ip4" ? is_ip6 : is_ip4(host)) {
    report.error(fields.place("ip_protocol"),
                 fmt::format("`{}` is an address of IPv{}", host, is_ip6 ? 6 : 4),
                 "an address says its protocol: leave `ip_protocol` out");
  }
  return word == "ip4" ? IpProtocol::ip4 : IpProtocol::ip6;
}

Source read_ping(const Found& found, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  PingSource kind;
  kind.address = fields.text("address");
  kind.count = static_cast<std::uint32_t>(fields.count("count"));
  kind.spacing = fields.duration("spacing");
  kind.port = static_cast<std::uint16_t>(fields.count("port"));
  kind.ip_protocol = read_ip_protocol(fields, kind.address, report);
  check_host(fields, kind.address, report);
  source.target = read_target(fields, "ping." + found.name,
                              Labels{{"job", found.name}, {"instance", kind.address}}, report);
  const Duration sending = kind.spacing * (kind.count - 1);
  if (kind.count > 0 && sending >= source.target.timeout) {
    report.error(fields.place(fields.has("count")     ? "count"
                              : fields.has("spacing") ? "spacing"
                                                      : "timeout"),
                 fmt::format("{} requests {} apart are sent for {}: longer than `timeout` ({})",
                             kind.count, format_duration(kind.spacing), format_duration(sending),
                             format_duration(source.target.timeout)),
                 "the last one's reply could never come in time");
  }
  source.kind = std::move(kind);
  return source;
}

Source read_tcp(const Found& found, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  TcpSource kind;
  kind.address = fields.text("address");
  kind.ip_protocol = read_ip_protocol(
      fields, std::string_view(kind.address).substr(0, kind.address.rfind(':')), report);
  if (fields.has("address") && kind.address.empty()) {
    report.error(fields.place("address"), "`address` is empty");
  }
  source.target = read_target(fields, "tcp." + found.name,
                              Labels{{"job", found.name}, {"instance", kind.address}}, report);
  source.kind = std::move(kind);
  return source;
}

Source read_dns(const Found& found, const std::string& host, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  DnsSource kind;
  kind.name = fields.text("name");
  kind.type = fields.text("type");
  kind.server = with_port(fields.text("server"), "53");
  kind.expect = fields.texts("expect");
  if (fields.has("name") && !is_domain(kind.name)) {
    report.error(fields.place("name"), fmt::format("`{}` is no domain name", kind.name),
                 "labels of at most 63 bytes with dots between them");
  }
  if (!kind.server.empty()) {
    if (const Result<void> good = check_address(kind.server); !good) {
      report.error(fields.place("server"), fmt::format("`server`: {}", good.error().text),
                   "for example server = \"192.0.2.53\"");
    }
  }
  source.target = read_target(
      fields, "dns." + found.name,
      Labels{{"job", found.name}, {"instance", kind.server.empty() ? host : kind.server}}, report);
  source.kind = std::move(kind);
  return source;
}

Source read_uplink(const Found& found, const std::string& host, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  UplinkSource kind;
  kind.addresses = fields.texts("addresses");
  for (const std::string& address : kind.addresses) {
    const bool port = address.find(':') != std::string::npos && !is_bare_ip6(address);
    if (port ? check_address(address).has_value() : names_host(address)) continue;
    report.error(fields.place("addresses"),
                 fmt::format("`{}` is neither a host nor host:port", address),
                 "a host alone is pinged, host:port is connected to");
  }
  source.target =
      read_target(fields, "uplink." + found.name,
                  Labels{{"job", "uplink"}, {"instance", host}, {"uplink", found.name}}, report);
  source.kind = std::move(kind);
  return source;
}

void read_behind(const Found& found, const Survey& survey, Source& source, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  if (!fields.has("uplink")) return;
  source.uplink = fields.text("uplink");
  if (survey.named("source.uplink.*", source.uplink) == nullptr) {
    report.error(fields.place("uplink"), fmt::format("no uplink is called `{}`", source.uplink),
                 did_you_mean(source.uplink, survey.names("source.uplink.*")));
    return;
  }
  if (source.target.labels.get("uplink").empty()) {
    source.target.labels.set("uplink", source.uplink);
  }
}

}  // namespace tocsin::config
