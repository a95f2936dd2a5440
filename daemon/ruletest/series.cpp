#include "series.hpp"

#include <set>
#include <string_view>

#include "tocsin/series/exposition.hpp"
#include "tocsin/series/notation.hpp"
#include "tocsin/series/sample.hpp"

namespace tocsin::ruletest {
namespace {

class SeriesReader {
 public:
  SeriesReader(const config::Value& text, config::Report& report) : text_(text), report_(report) {}

  std::vector<ScriptedSeries> read() {
    const std::string_view all = text_.text;
    for (std::size_t start = 0; start < all.size();) {
      const std::size_t end = std::min(all.find('\n', start), all.size());
      line(start, all.substr(start, end - start));
      start = end + 1;
    }
    return std::move(series_);
  }

 private:
  void line(std::size_t start, std::string_view line) {
    const std::string_view trimmed = trim(line);
    if (trimmed.empty() || trimmed.front() == '#') return;
    start += static_cast<std::size_t>(trimmed.data() - line.data());
    const std::size_t split = series::end_of_series(trimmed);
    ScriptedSeries one;
    one.text = trim(trimmed.substr(0, split));
    const auto labels = series::read_series_text(one.text, ExpositionFormat::text);
    if (!labels) {
      return wrong(start + labels.error().offset, 1, labels.error().text,
                   "name{label=\"value\"} and then its values");
    }
    if (!seen_.insert(Labels(*labels)).second) {
      return wrong(start, one.text.size(), "the series stands here twice", "");
    }
    const auto noted = series::read_values(trimmed.substr(split));
    if (!noted) {
      return wrong(start + split + noted.error().offset, noted.error().length, noted.error().text,
                   noted.error().hint);
    }
    if (noted->length == 0) {
      return wrong(start, one.text.size(), "the series has no values", "for example 0+1x10");
    }
    one.values.resize(noted->length);
    for (const auto& [number, value] : noted->values) {
      if (!series::is_stale(value)) one.values[number] = value;
    }
    series_.push_back(std::move(one));
  }

  void wrong(std::size_t offset, std::size_t length, std::string text, std::string hint) {
    report_.error(text_.within(offset, length), std::move(text), std::move(hint));
  }

  const config::Value& text_;
  config::Report& report_;
  std::vector<ScriptedSeries> series_;
  std::set<Labels> seen_;
};

void read_outage(const config::Value& value, std::vector<Outage>& outages, config::Report& report) {
  constexpr std::string_view kHint = "for example \"5m..8m\", or \"5m..\" to the end";
  const std::string_view text = value.text;
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    return report.error(value.within(0, text.size()), "expected two moments with .. between",
                        std::string(kHint));
  }
  const std::string_view second = text.substr(dots + 2);
  const auto from = parse_duration(text.substr(0, dots));
  if (!from) return report.error(value.within(0, dots), from.error().text, std::string(kHint));
  Outage outage{*from, std::nullopt};
  if (!second.empty()) {
    const auto until = parse_duration(second);
    const config::Place place = value.within(dots + 2, second.size());
    if (!until) return report.error(place, until.error().text, std::string(kHint));
    if (*until <= *from) return report.error(place, "it ends before it begins");
    outage.until = *until;
  }
  outages.push_back(outage);
}

}  // namespace

std::vector<ScriptedSeries> read_series(const config::Value& text, config::Report& report) {
  return SeriesReader(text, report).read();
}

std::vector<Outage> read_outages(const config::Value& value, config::Report& report) {
  std::vector<Outage> outages;
  if (value.kind == config::Kind::text) read_outage(value, outages, report);
  for (const config::Value& item : value.items) {
    if (item.kind == config::Kind::text) read_outage(item, outages, report);
  }
  return outages;
}

}  // namespace tocsin::ruletest
