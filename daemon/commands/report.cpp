#include <fmt/format.h>

#include "commands/ask.hpp"
#include "commands/past_report.hpp"
#include "commands/terminal.hpp"
#include "loop/clock.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

constexpr Duration kKept = std::chrono::days(90);

int misreported(const Error& error) {
  fmt::print(stderr, "tocsin: {}\n", printable(error.text));
  return usage_or_configuration;
}

}  // namespace

int report_past(const Common& common, const Report& what) {
  const auto since = parse_duration(what.since);
  if (!since || *since <= Duration::zero()) {
    return misreported({ErrorCode::invalid, fmt::format("--since \"{}\" is no duration: write it "
                                                        "like 7d, 12h",
                                                        what.since)});
  }
  const auto zone = zone_of(what.zone);
  if (!zone) return misreported(zone.error());
  const WallTime to = loop::now().wall;
  const WallTime from = to - std::min(*since, kKept);
  const auto answer = get(common, "/past?since=" + format_rfc3339(from), std::chrono::seconds(60));
  if (!answer) return unreached(answer.error());
  if (answer->status != 200) return refused(*answer);
  const auto incidents = past_incidents(answer->body);
  if (!incidents) return unreached(incidents.error());
  const PastReport report = past_report(*incidents, from, to, zone->value_or(shown_zone()));
  const bool complete = flag_of(answer->body, "complete");
  const bool unwritten = flag_of(answer->body, "unwritten");
  if (common.json) {
    boost::json::object out = past_report_json(report);
    out["host"] = boost::json::string(text_of(answer->body, "host"));
    out["complete"] = complete && !unwritten;
    print_json(out);
  } else {
    fmt::print("{}", markdown(report, text_of(answer->body, "host"),
                              on_terminal() ? terminal_width() : 0));
  }
  if (unwritten)
    fmt::print(stderr,
               "tocsin: storage fails: what happened since is missing; `tocsin status` says why\n");
  if (*since > kKept) fmt::print(stderr, "tocsin: no more than 90 days are kept\n");
  if (!complete) {
    fmt::print(stderr,
               "tocsin: there are more incidents than one report takes: the newest are "
               "missing; ask with a shorter --since\n");
  }
  return well;
}

}  // namespace tocsin::commands
