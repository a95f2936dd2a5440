#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/table.hpp"
#include "commands/terminal.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

std::string count_of(const json::value& object, std::string_view name) {
  return fmt::format("{:.0f}", number_of(object, name));
}

/// "1 incident", "2 incidents".
std::string many(const json::value& object, std::string_view name, std::string_view noun) {
  const std::string count = count_of(object, name);
  return fmt::format("{} {}{}", count, noun, count == "1" ? "" : "s");
}

std::string span_of(double seconds) {
  return format_duration(Duration(static_cast<std::int64_t>(seconds * 1000)));
}

std::string ago(const json::value& object, std::string_view name) {
  const std::string age = age_of(text_of(object, name));
  return age.empty() ? "never" : age + " ago";
}

void status_head(const json::value& status, const Common& common) {
  const bool colour = colour_wanted();
  const json::value& totals = member_of(status, "totals");
  const json::value& storage = member_of(status, "storage");
  const json::value& config = member_of(status, "config");
  fmt::print("{}  tocsin {}, up for {}\n",
             styled(printable(text_of(status, "host")), Look::bold, colour),
             printable(text_of(status, "version")), age_of(text_of(status, "started")));
  const std::string sums = fmt::format(
      "{} open, {} not acknowledged; {} firing, {} pending; {}; {} in force; {} waiting; "
      "{} series",
      many(totals, "incidents_open", "incident"), count_of(totals, "incidents_unacknowledged"),
      many(totals, "alerts_firing", "alert"), count_of(totals, "alerts_pending"),
      many(totals, "silences", "silence"), many(totals, "maintenance", "maintenance window"),
      many(totals, "outbox", "notice"), count_of(totals, "series"));
  print_hanging(sums, line_width(common.wide));
  for (const json::value& one : array_of(status, "maintenance"))
    if (flag_of(one, "in_force"))
      fmt::print("{} {} until {}: {} ({})\n", styled("maintenance", Look::odd, colour),
                 printable(text_of(one, "name")), moment_of(text_of(one, "ends")),
                 printable(text_of(one, "matchers")), printable(text_of(one, "reason")));
  if (flag_of(storage, "degraded"))
    fmt::print("{}: {}\n", styled("storage is degraded", Look::bad, colour),
               printable(text_of(storage, "error")));
  if (!flag_of(config, "last_reload_ok"))
    fmt::print("{}: an older configuration runs\n",
               styled("the last reload was refused", Look::bad, colour));
  else if (flag_of(config, "older_than_files"))
    fmt::print("{}: `{} check --diff` shows what a reload would change\n",
               styled("the configuration's files have changed", Look::odd, colour),
               called_as(common));
}

void targets(const json::value& status, FittedTables& shown) {
  Table table({"TARGET", "ANSWER", "TICK", "SAMPLES", "TOOK", "EVERY", "DETAIL"});
  for (const json::value& one : array_of(status, "targets")) {
    const bool trouble = !text_of(one, "detail").empty();
    const Look look = text_of(one, "outcome").empty() ? Look::dim
                      : !flag_of(one, "answered")     ? Look::bad
                      : trouble                       ? Look::odd
                                                      : Look::good;
    table.add({{text_of(one, "name")},
               {text_of(one, "answer"), look},
               {ago(one, "last_tick")},
               {count_of(one, "samples")},
               {span_of(number_of(one, "took_seconds"))},
               {span_of(number_of(one, "every_seconds"))},
               {text_of(one, "detail"), Look::dim}});
  }
  fmt::print("\n");
  shown.print(table);
}

/// What there is to say of a rule beside its state.
Cell about(const json::value& rule) {
  const std::string error = text_of(rule, "error");
  if (!error.empty()) return {error, Look::bad};
  if (text_of(rule, "last_evaluation").empty()) return {"waits for its first samples", Look::dim};
  const std::string normal = text_of(rule, "baseline");
  if (!normal.empty()) return {normal, Look::dim};
  const std::string warm = text_of(rule, "warm_at");
  if (!warm.empty()) return {"warming up until " + moment_of(warm), Look::dim};
  const std::string nothing = text_of(rule, "nothing_since");
  if (!nothing.empty()) return {"finds no series since " + moment_of(nothing), Look::odd};
  const std::string reason = text_of(rule, "reason");
  return {reason == "none" ? "" : reason, Look::dim};
}

void records(const json::value& status, FittedTables& shown) {
  Table table({"RECORD", "SERIES", "EVALUATED", "REASON"});
  for (const json::value& one : array_of(status, "records")) {
    std::string trouble = text_of(one, "error");
    if (trouble.empty() && number_of(one, "refused") > 0)
      trouble = count_of(one, "refused") + " series refused";
    table.add({{text_of(one, "name")},
               {count_of(one, "series")},
               {ago(one, "last_evaluation")},
               {trouble, Look::bad}});
  }
  if (table.empty()) return;
  fmt::print("\n");
  shown.print(table);
}

void rules(const json::value& status, FittedTables& shown) {
  Table table({"RULE", "STATE", "VALUE", "FIRING", "EVALUATED", "REASON"});
  table.wraps({"VALUE"});
  table.spares({"EVALUATED", "FIRING"});
  for (const json::value& one : array_of(status, "rules")) {
    std::string value = text_of(one, "shown_value");
    const std::string threshold = text_of(one, "threshold");
    if (!value.empty() && !threshold.empty()) value += " (" + threshold + ")";
    table.add({{text_of(one, "name")},
               {text_of(one, "state"), look_of(text_of(one, "state"))},
               {std::move(value)},
               {count_of(one, "firing")},
               {ago(one, "last_evaluation")},
               about(one)});
  }
  fmt::print("\n");
  shown.print(table);
}

void receivers(const json::value& status, FittedTables& shown) {
  Table table({"RECEIVER", "STATE", "WAITING", "LAST YES", "LAST ERROR"});
  for (const json::value& one : array_of(status, "receivers")) {
    const bool refuses = flag_of(one, "refuses");
    const bool fails = number_of(one, "consecutive_failures") > 0 || !flag_of(one, "usable");
    table.add({{text_of(one, "name")},
               {refuses ? "refuses"
                : fails ? "fails"
                        : "well",
                refuses || fails ? Look::bad : Look::good},
               {count_of(one, "waiting")},
               {ago(one, "last_yes")},
               {text_of(one, "error"), Look::dim}});
  }
  fmt::print("\n");
  shown.print(table);
}

/// Something fires or fails, wherever it is.
bool all_well(const json::value& status) {
  const json::value& totals = member_of(status, "totals");
  if (number_of(totals, "incidents_open") > 0 || number_of(totals, "alerts_firing") > 0)
    return false;
  if (flag_of(member_of(status, "storage"), "degraded")) return false;
  if (!flag_of(member_of(status, "config"), "last_reload_ok")) return false;
  for (const json::value& one : array_of(status, "targets"))
    if (!text_of(one, "outcome").empty() && !flag_of(one, "answered")) return false;
  for (const json::value& one : array_of(status, "receivers"))
    if (flag_of(one, "refuses") || number_of(one, "consecutive_failures") > 0 ||
        !flag_of(one, "usable"))
      return false;
  return true;
}

}  // namespace

int status(const Common& common) {
  const auto answer = get(common, "/status");
  if (!answer) return unreached(answer.error());
  if (answer->status != 200) return refused(*answer);
  if (common.json) {
    print_json(answer->body);
  } else {
    status_head(answer->body, common);
    FittedTables shown(common.wide);
    targets(answer->body, shown);
    records(answer->body, shown);
    rules(answer->body, shown);
    receivers(answer->body, shown);
    shown.print_note(fmt::format("`{} explain RULE` tells of one", called_as(common)));
  }
  return all_well(answer->body) ? well : fires_or_fails;
}

}  // namespace tocsin::commands
