#include "tocsin/backtest/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <unordered_map>

#include "backtest/csv_record.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/series/exposition.hpp"

namespace tocsin::backtest {
namespace {

constexpr std::size_t kMostRemarks = 5;      ///< gaps that are told one by one
constexpr double kLastSecond = 32503680000;  ///< the year 3000: beyond are milliseconds

bool digits_at(std::string_view text, std::size_t at, std::size_t count) {
  return text.size() >= at + count &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(at + count), is_digit);
}

/// 2026-11-01T00:00:00 or with a blank for the T, without an offset.
bool is_local_time(std::string_view text) {
  return text.size() >= 16 && digits_at(text, 0, 4) && text[4] == '-' && digits_at(text, 5, 2) &&
         (text[10] == 'T' || text[10] == ' ') &&
         text.find_first_of("Zz+", 11) == std::string_view::npos &&
         text.find('-', 11) == std::string_view::npos;
}

class TableReader {
 public:
  TableReader(std::string_view text, const CsvOptions& options)
      : reader_(text), options_(options) {}

  Result<CsvTable> read() {
    auto head = reader_.next(cells_);
    if (!head) return tl::unexpected(head.error());
    if (!*head) return fail(ErrorCode::invalid, "it is empty: the first line names the columns");
    if (auto named = read_head(); !named) return tl::unexpected(named.error());
    while (true) {
      auto more = reader_.next(cells_);
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
      if (auto line = read_line(); !line) return tl::unexpected(line.error());
    }
    if (!last_) return fail(ErrorCode::invalid, "it has no line of values");
    return finish();
  }

 private:
  struct Column {
    Labels labels;
    ChunkWriter samples;
    series::Millis last = INT64_MIN;
  };

  tl::unexpected<Error> wrong(const CsvCell& cell, std::string_view what) const {
    return fail(ErrorCode::invalid,
                fmt::format("line {}, column {}: {}", reader_.line(), cell.column, what));
  }

  Result<void> read_head() {
    if (lowercase(cells_.front().text) != "time") {
      return wrong(cells_.front(), fmt::format("the first column must be `time`, found `{}`",
                                               shortened(printable(cells_.front().text), 40)));
    }
    long_ = cells_.size() == 3 && cells_[1].text == "series" && cells_[2].text == "value";
    if (long_) return {};
    if (cells_.size() < 2) {
      return wrong(cells_.front(), "there is no series: name one a column, like node_load1");
    }
    for (std::size_t i = 1; i < cells_.size(); ++i) {
      auto column = column_of(cells_[i]);
      if (!column) return tl::unexpected(column.error());
      if (*column != i - 1) {
        return wrong(cells_[i], fmt::format("the series {} has two columns", cells_[i].text));
      }
    }
    return {};
  }

  Result<std::size_t> column_of(const CsvCell& cell) {
    if (const auto known = by_text_.find(cell.text); known != by_text_.end()) return known->second;
    const auto labels = series::read_series_text(cell.text, ExpositionFormat::text);
    if (!labels) {
      return wrong(cell, fmt::format("`{}` is no series: {}; write it like node_load1 or "
                                     "\"http_requests_total{{code=\"\"500\"\"}}\"",
                                     shortened(printable(cell.text), 60), labels.error().text));
    }
    const Labels named(*labels);
    std::size_t place = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].labels == named) place = i;
    }
    if (place == columns_.size()) columns_.push_back({named, {}, INT64_MIN});
    by_text_.emplace(cell.text, place);
    return place;
  }

  Result<WallTime> time_of(const CsvCell& cell) const {
    const std::string& text = cell.text;
    if (const auto seconds = parse_number(text)) {
      if (!std::isfinite(*seconds) || *seconds < 0) return wrong(cell, "no time");
      if (*seconds > kLastSecond) {
        return wrong(cell, fmt::format("{} as seconds is beyond the year 3000: divide "
                                       "milliseconds by 1000",
                                       text));
      }
      return WallTime(Duration(std::llround(*seconds * 1000)));
    }
    if (!is_local_time(text)) {
      std::string spelled = text;
      if (spelled.size() > 10 && spelled[10] == ' ') spelled[10] = 'T';
      if (const auto time = parse_rfc3339(spelled)) return *time;
      return wrong(cell, fmt::format("`{}` is no time: write it like 2026-11-01T00:00:00Z, or "
                                     "Unix seconds",
                                     shortened(printable(text), 40)));
    }
    if (!options_.zone) {
      return wrong(cell, fmt::format("{} does not say in which zone: add its offset "
                                     "(…Z, …+01:00), or give --zone",
                                     text));
    }
    std::string spelled = text + (text.size() == 16 ? ":00Z" : "Z");
    spelled[10] = 'T';
    const auto time = parse_rfc3339(spelled);
    if (!time) return wrong(cell, time.error().text);
    return in_zone(LocalTime(time->time_since_epoch()));
  }

  /// Where clocks are put back an hour comes twice: the second time it is the later one.
  WallTime in_zone(LocalTime local) const {
    const WallTime first = options_.zone->first(local);
    if (!last_ || first > *last_) return first;
    const Duration before = options_.zone->offset(first);
    const Duration after = options_.zone->offset(first + std::chrono::hours(24));
    const WallTime second = first + (before - after);
    return options_.zone->local(second) == local ? second : first;
  }

  Result<void> read_line() {
    const std::size_t expected = long_ ? 3 : columns_.size() + 1;
    if (cells_.size() != expected) {
      return wrong(cells_.front(),
                   fmt::format("{} cells where the first line has {}", cells_.size(), expected));
    }
    const auto time = time_of(cells_.front());
    if (!time) return tl::unexpected(time.error());
    if (last_ && (*time < *last_ || (*time == *last_ && !long_))) {
      return wrong(cells_.front(),
                   fmt::format("{} {} {} of line {}: sort the lines by time", format_rfc3339(*time),
                               *time == *last_ ? "is again the" : "is before",
                               format_rfc3339(*last_), last_line_));
    }
    if (!last_ || *time > *last_) {
      if (last_) steps_.push_back({*time - *last_, reader_.line()});
      ticks_.add({millis_since(*time), 1});
    }
    last_ = *time;
    last_line_ = reader_.line();
    if (long_) return read_long(*time);
    for (std::size_t i = 1; i < cells_.size(); ++i) {
      if (auto read = read_value(cells_[i], columns_[i - 1], *time); !read) return read;
    }
    return {};
  }

  Result<void> read_long(WallTime time) {
    const auto column = column_of(cells_[1]);
    if (!column) return tl::unexpected(column.error());
    return read_value(cells_[2], columns_[*column], time);
  }

  Result<void> read_value(const CsvCell& cell, Column& column, WallTime time) {
    if (cell.text.empty()) return {};
    const auto value = parse_number(cell.text);
    if (!value) {
      const bool comma = cell.text.find(',') != std::string::npos;
      return wrong(cell, fmt::format("`{}` is no number{}", shortened(printable(cell.text), 40),
                                     comma ? ": write a point for the comma" : ""));
    }
    if (!column.samples.add({millis_since(time), series::plain_nan(*value)})) {
      return wrong(cell,
                   fmt::format("{} has a value at this time already", column.labels.to_string()));
    }
    return {};
  }

  static series::Millis millis_since(WallTime time) { return time.time_since_epoch().count(); }

  Result<CsvTable> finish() {
    CsvTable table;
    table.every = options_.every > Duration::zero() ? options_.every : usual();
    if (table.every <= Duration::zero()) table.every = std::chrono::minutes(1);
    remark_gaps(table);
    RecordedTarget target;
    target.spec.name = "csv";
    target.spec.every = table.every;
    target.spec.timeout = std::min<Duration>(table.every, target.spec.timeout);
    target.spec.honor_labels = true;
    target.up = ticks_.take();
    table.recording.targets.push_back(std::move(target));
    for (Column& column : columns_) {
      table.recording.series.push_back({0, std::move(column.labels), column.samples.take()});
    }
    table.recording.calendar.push_back({0, 0});
    return table;
  }

  [[nodiscard]] Duration usual() const {
    std::map<Duration, std::size_t> seen;
    for (const Step& step : steps_) ++seen[step.length];
    const auto most = std::max_element(
        seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == seen.end() ? Duration::zero() : most->first;
  }

  void remark_gaps(CsvTable& table) const {
    std::size_t gaps = 0;
    Duration longest{};
    for (const Step& step : steps_) {
      if (step.length <= table.every * 3 / 2) continue;
      longest = std::max(longest, step.length);
      if (++gaps <= kMostRemarks) {
        table.remarks.push_back(fmt::format("line {}: nothing for {} before it", step.line,
                                            humanize_duration(step.length)));
      }
    }
    if (gaps > kMostRemarks) {
      table.remarks.push_back(
          fmt::format("{} gaps in all, the longest of {}", gaps, humanize_duration(longest)));
    }
  }

  struct Step {
    Duration length{};
    std::size_t line = 0;
  };

  CsvReader reader_;
  const CsvOptions& options_;
  std::vector<CsvCell> cells_;
  std::vector<Column> columns_;
  std::unordered_map<std::string, std::size_t> by_text_;
  std::vector<Step> steps_;
  ChunkWriter ticks_;
  std::optional<WallTime> last_;
  std::size_t last_line_ = 0;
  bool long_ = false;
};

}  // namespace

Result<CsvTable> read_csv(std::string_view text, const CsvOptions& options) {
  return TableReader(text, options).read();
}

}  // namespace tocsin::backtest
