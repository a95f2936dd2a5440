#include "baselines/score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace tocsin::bench {

using rule::Side;

namespace {

using Which = int Found::*;

double within(const std::vector<Found>& all, Which which, int buckets) {
  if (all.empty()) return 0;
  return static_cast<double>(
             std::count_if(all.begin(), all.end(),
                           [&](const Found& f) { return f.*which > 0 && f.*which <= buckets; })) /
         static_cast<double>(all.size());
}

std::string in_time(const std::vector<Found>& all, Which which) {
  int possible = 0;
  int done = 0;
  for (const auto& f : all) {
    if (f.needed == 0) continue;
    ++possible;
    if (f.*which > 0 && f.*which <= std::max(3, f.needed)) ++done;
  }
  return possible == 0 ? "-" : fmt::format("{:.3f}", static_cast<double>(done) / possible);
}

std::string rank(const std::vector<Found>& all, Which which, double share,
                 bool possible_only = false) {
  std::vector<int> values;
  for (const auto& f : all) {
    if (possible_only && f.needed == 0) continue;
    values.push_back(f.*which == 0 ? kLongest + 1 : f.*which);
  }
  if (values.empty()) return "-";
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at > kLongest ? fmt::format(">{}", kLongest) : fmt::format("{}", *at);
}

}  // namespace

void print(const Kind& kind, double level, Side side, const Score& score) {
  const auto line = [&](std::string_view who, int pages, Which which) {
    const auto& f = score.found;
    const std::string pages_text = fmt::format("{:.2f}", pages / score.years);
    if (side == Side::drop) {
      fmt::print("| {} | {} | {} | {} | {} | {:.3f} | {} ({}) | {}, {} | {:.3f} / {} | {:.3f} |\n",
                 kind.name, level, who, pages_text,
                 which == &Found::method && kind.holidays
                     ? fmt::format("{:.1f}", score.holiday_pages / score.years)
                     : "",
                 within(f[0], which, 3), in_time(f[0], which),
                 rank(f[0], &Found::needed, 0.5, true), rank(f[0], which, 0.5),
                 rank(f[0], which, 0.95), within(f[1], which, 3), in_time(f[1], which),
                 within(f[2], which, 3));
    } else {
      fmt::print("| {} | {} | {} | {} | {:.3f} / {} | {}, {} |\n", kind.name, level, who,
                 pages_text, within(f[0], which, 3), in_time(f[0], which), rank(f[0], which, 0.5),
                 rank(f[0], which, 0.95));
    }
  };
  line("the method", score.false_pages, &Found::method);
  if (side == Side::drop && kind.name == "usual") {
    fmt::print("| {} | {} | days {} to {} | | | {:.3f} | {} ({}) | {}, {} | | |\n", kind.name,
               level, kMeasuredFrom, kKnowsFrom, within(score.early, &Found::method, 3),
               in_time(score.early, &Found::method), rank(score.early, &Found::needed, 0.5, true),
               rank(score.early, &Found::method, 0.5), rank(score.early, &Found::method, 0.95));
  }
  line("offset 1w", score.week_ago, &Found::week_ago);
  line("avg1h", score.week_ago_hour, &Found::week_ago_hour);
  std::fflush(stdout);
}

void print_head(Side side) {
  fmt::print("{}", side == Side::drop
                       ? "\n| drop by 30 % | events/h | who | false/yr | on holidays/yr | 50 %: "
                         "in 3 | 50 %: in time (median k) | 50 % median, p95 buckets | 80 %: in "
                         "3 / in time | 30 %: in 3 |\n|---|---|---|---|---|---|---|---|---|---|\n"
                       : "\n| rise by 100 % | events/h | who | false/yr | threefold: in 3 / in "
                         "time | median, p95 buckets |\n|---|---|---|---|---|---|\n");
}

}  // namespace tocsin::bench
