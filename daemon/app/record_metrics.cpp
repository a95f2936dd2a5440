#include "app/own_metrics.hpp"
#include "tocsin/series/selection.hpp"

namespace tocsin::app {

Families record_metrics(const engine::Engine& engine, Now now) {
  Families out;
  const series::Millis at = now.boot.time_since_epoch().count();
  for (const rule::Record& record : engine.config().records) {
    auto family = gauge(out, record.name, record.expression.text());
    const auto selector = series::Selector::make(
        {Matcher::make(std::string(kNameLabel), MatchOp::equal, record.name).value()});
    for (const series::Series* series : series::select(engine.store(), selector)->series) {
      const auto sample = series->latest(at);
      if (!series->recorded() || !sample || series::is_stale(sample->value)) continue;
      if (sample->time <= at - series->lookback()) continue;
      MetricLabels labels;
      for (const LabelView& label : series->labels())
        if (label.name != kNameLabel) labels.emplace_back(label.name, label.value);
      family.add(labels, sample->value);
    }
  }
  std::erase_if(out, [](const auto& family) { return family.metric.empty(); });
  return out;
}

}  // namespace tocsin::app
