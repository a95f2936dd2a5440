// Any bytes as a scrape's body, twice in a row: the second time the store recognises series by the
// bytes of the first. What it holds afterwards must be readable.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tocsin/base/check.hpp"
#include "tocsin/series/selection.hpp"
#include "tocsin/series/store.hpp"

using namespace tocsin;
using namespace tocsin::series;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool open_metrics = (data[0] & 1U) != 0;
  const auto format = open_metrics ? ExpositionFormat::openmetrics : ExpositionFormat::text;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  StoreLimits limits;
  limits.series = 100;
  limits.labels_per_series = 8;
  Store store(limits);
  store.set_target(TargetId(1), {.labels = {{"job", "fuzz"}}, .honor_labels = (data[0] & 2U) != 0});
  // A first body of which the second may be a part, and the other way round.
  const std::size_t cut = body.rfind('\n', size / 2);
  const std::string_view half = cut == std::string_view::npos ? body : body.substr(0, cut + 1);
  const auto at = [](int s) { return BootTime(seconds(s)); };
  const std::string_view bodies[] = {half, body, body, half};
  int tick = 60;
  for (const std::string_view text : bodies) {
    const Ingested got = store.ingest(TargetId(1), at(tick), text, format);
    TOCSIN_CHECK(!got.error || got.samples == 0);
    TOCSIN_CHECK(store.series_count() <= limits.series);
    tick += 60;
  }
  std::vector<Sample> samples;
  for (const std::string& name : label_values(store, "__name__")) {
    auto matcher = Matcher::make("__name__", MatchOp::equal, name);
    TOCSIN_CHECK(matcher.has_value());
    const auto selection = select(store, Selector::make({*matcher}));
    TOCSIN_CHECK(!selection->series.empty());
    for (const Series* series : selection->series) {
      samples.clear();
      series->range(0, tick * 1000, samples);
      TOCSIN_CHECK(!samples.empty() && samples.size() <= 4);
    }
  }
  return 0;
}
