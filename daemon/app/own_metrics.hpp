// tocsin's own metrics, in prometheus-cpp's model. The names are a promise: the shipped rules and
// other people's dashboards stand on them.
#pragma once

#include "app/metrics_builder.hpp"
#include "app/view.hpp"

namespace tocsin::app {

[[nodiscard]] Families own_metrics(const View& view, Now now);

/// What records compute, for others to scrape. Not among tocsin's own: tocsin scrapes those itself,
/// and must not take its records for a target's.
[[nodiscard]] Families record_metrics(const engine::Engine& engine, Now now);

// Parts of its own.
void engine_metrics(const engine::Engine& engine, const engine::Status& status, Families& out);
void delivery_metrics(const View& view, const engine::Status& status, Families& out);
void process_metrics(Families& out);

}  // namespace tocsin::app
