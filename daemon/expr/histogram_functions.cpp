// histogram_quantile over classic buckets: cumulative counts by upper bound, in the label `le`.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

#include "tocsin/base/quantity.hpp"
#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/numerics.hpp"

namespace tocsin::expr {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Differences below this are the rounding of sums of rates, not observations.
constexpr double kTolerance = 1e-12;

struct Bucket {
  double upper = 0;
  double count = 0;
};

/// One bucket for each bound, however the bound was written.
void merge_equal_bounds(std::vector<Bucket>& buckets) {
  std::size_t last = 0;
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    if (buckets[i].upper == buckets[last].upper) {
      buckets[last].count += buckets[i].count;
    } else {
      buckets[++last] = buckets[i];
    }
  }
  buckets.resize(last + 1);
}

/// Counts that are cumulative cannot fall; where they do, scrapes were not of one moment.
void make_monotonic(std::vector<Bucket>& buckets) {
  double highest = buckets.front().count;
  for (Bucket& bucket : buckets) {
    if (bucket.count < highest || almost_equal(bucket.count, highest, kTolerance)) {
      bucket.count = highest;
    } else if (bucket.count > highest) {
      highest = bucket.count;
    }
  }
}

double bucket_quantile(double q, std::vector<Bucket>& buckets) {
  if (std::isnan(q)) return kNotANumber;
  if (q < 0) return -kInfinity;
  if (q > 1) return kInfinity;
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const Bucket& a, const Bucket& b) { return a.upper < b.upper; });
  if (buckets.back().upper != kInfinity) return kNotANumber;
  merge_equal_bounds(buckets);
  make_monotonic(buckets);
  if (buckets.size() < 2) return kNotANumber;
  const double all = buckets.back().count;
  if (all == 0 || std::isnan(all)) return kNotANumber;
  double rank = q * all;
  const auto last = buckets.end() - 1;
  const auto found = std::find_if(buckets.begin(), last,
                                  [&](const Bucket& bucket) { return bucket.count >= rank; });
  // Beyond the last finite bound nothing is known but that bound.
  if (found == last) return std::prev(last)->upper;
  if (found == buckets.begin() && found->upper <= 0) return found->upper;
  double start = 0;
  double within = found->count;
  if (found != buckets.begin()) {
    start = std::prev(found)->upper;
    within -= std::prev(found)->count;
    rank -= std::prev(found)->count;
  }
  return start + (found->upper - start) * (rank / within);
}

struct Histogram {
  LabelRef labels;
  FeedSet feeds = series::kNoFeeds;
  std::vector<Bucket> buckets;
};

Result<Intermediate> histogram_quantile(Evaluator& evaluator, const Call& call, Millis at) {
  auto q = evaluator.evaluate(*call.arguments[0], at);
  if (!q) return q;
  auto vector = evaluator.evaluate(*call.arguments[1], at);
  if (!vector) return vector;
  static const std::vector<std::string> bound_label = {"le"};
  const Grouping grouping{false, &bound_label};
  std::vector<Histogram> histograms;
  std::unordered_map<std::string, std::size_t> index;
  std::string key;
  for (const Item& item : vector->items) {
    const std::string_view bound = item.labels.get("le");
    const auto upper = bound.empty() ? Result<double>(kNotANumber) : parse_number(bound);
    if (!upper || std::isnan(*upper)) continue;
    key = item.labels.get(kNameLabel);
    grouping.append_key(item.labels, key);
    const auto [place, added] = index.emplace(key, histograms.size());
    if (added) {
      histograms.emplace_back();
      histograms.back().labels = {evaluator.keep(grouping.kept(item.labels)), false};
      histograms.back().feeds = q->feeds;
    }
    Histogram& histogram = histograms[place->second];
    histogram.feeds = evaluator.united(histogram.feeds, item.feeds);
    histogram.buckets.push_back({*upper, item.value});
  }
  Intermediate result;
  result.distinct_nameless = vector->distinct_nameless;
  for (Histogram& histogram : histograms) {
    result.items.push_back(
        {histogram.labels, bucket_quantile(q->scalar, histogram.buckets), histogram.feeds});
  }
  if (auto dropped = evaluator.drop_names(result); !dropped) {
    return tl::unexpected<Error>(std::move(dropped.error()));
  }
  return result;
}

}  // namespace

void add_histogram_functions(std::vector<Function>& table) {
  Function function;
  function.name = "histogram_quantile";
  function.parameters = {ValueType::scalar, ValueType::vector};
  function.body = histogram_quantile;
  table.push_back(std::move(function));
}

}  // namespace tocsin::expr
