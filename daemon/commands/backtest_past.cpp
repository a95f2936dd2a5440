#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "app/past_query.hpp"
#include "commands/backtest.hpp"
#include "loop/clock.hpp"
#include "storage/history_reading.hpp"
#include "tocsin/backtest/csv.hpp"

namespace tocsin::commands {

namespace {

constexpr const char* kUsualSpan = "30d";
constexpr const char* kLearnedSpan = "42d";  ///< a baseline keeps five weeks

bool says_when(const Backtest& what) {
  return !what.since.empty() || !what.from.empty() || !what.to.empty();
}

Result<Span> span_of(const Backtest& what) {
  SpanWords words;
  words.from = what.from;
  words.to = what.to;
  words.range = what.since;
  if (what.since.empty() && what.from.empty()) words.range = what.learn ? kLearnedSpan : kUsualSpan;
  return span_of(words, loop::now().wall, 1);
}

Result<Past> past_in_csv(const Backtest& what, const std::string& host,
                         const std::optional<TimeZone>& zone) {
  std::ifstream file(what.csv, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return fail(ErrorCode::not_found, what.csv + ": cannot be read");
  auto table = backtest::read_csv(text, {zone, {}});
  if (!table) return tl::unexpected(table.error().within(what.csv));
  Past past;
  past.source = what.csv;
  past.remarks = std::move(table->remarks);
  past.recording = std::move(table->recording);
  backtest::put_on_grid(past.recording, host);
  return past;
}

Result<Past> past_in_history(const std::string& folder, const Span& span,
                             const backtest::Wanted& wanted) {
  Past past;
  past.source = "the history in " + folder;
  show_progress("reading " + past.source);
  auto recording = storage::read_history(
      folder, {span.from - wanted.lead(), span.to,
               [&wanted](const Labels& labels) { return wanted.takes(labels); }});
  show_progress("");
  if (!recording) return tl::unexpected(recording.error());
  past.recording = std::move(*recording);
  return past;
}

Result<Past> past_in_prometheus(const Backtest& what, const Span& span, const std::string& host,
                                const backtest::Wanted& wanted) {
  const auto step = parse_duration(what.step);
  if (!step || *step < std::chrono::seconds(1)) {
    return fail(ErrorCode::invalid, fmt::format("--step \"{}\" is no duration from 1s on: write it "
                                                "like 15s, 1m",
                                                what.step));
  }
  app::PastQuery query;
  query.url = what.prometheus;
  query.selectors = wanted.selectors();
  query.from = span.from - wanted.lead();
  query.to = span.to;
  query.step = *step;
  query.cache = what.cache;
  query.http = {what.username, {what.password}, {what.bearer}, what.ca_file, ""};
  query.progress = [&what](std::size_t done, std::size_t all) {
    show_progress(fmt::format("asking {}: {} of {}", what.prometheus, done, all));
  };
  auto answered = app::query_past(query);
  show_progress("");
  if (!answered) return tl::unexpected(answered.error());
  Past past;
  past.source = what.prometheus;
  past.recording = std::move(answered->recording);
  past.remarks = std::move(answered->remarks);
  backtest::put_on_grid(past.recording, host);
  return past;
}

}  // namespace

Result<Past> past_of(const Backtest& what, const std::string& state_folder, const std::string& host,
                     const backtest::Wanted& wanted, const std::optional<TimeZone>& zone) {
  const auto span = span_of(what);
  if (!span) return tl::unexpected(span.error());
  if (!what.csv.empty()) {
    auto past = past_in_csv(what, host, zone);
    if (past && says_when(what)) {
      past->from = span->from;
      past->to = span->to;
    }
    return past;
  }
  auto past = what.prometheus.empty() ? past_in_history(state_folder, *span, wanted)
                                      : past_in_prometheus(what, *span, host, wanted);
  if (past) {
    past->from = span->from;
    past->to = span->to;
  }
  return past;
}

}  // namespace tocsin::commands
