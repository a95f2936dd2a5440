#include "http/exposition.hpp"

#include <cmath>
#include <limits>

#include "tocsin/base/quantity.hpp"

namespace tocsin::http {

namespace {

constexpr std::string_view kTotal = "_total";

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  const std::string_view special = quotes ? "\\\n\"" : "\\\n";
  for (;;) {
    const std::size_t plain = text.find_first_of(special);
    out += text.substr(0, plain);
    if (plain == std::string_view::npos) return;
    out += '\\';
    out += text[plain] == '\n' ? 'n' : text[plain];
    text.remove_prefix(plain + 1);
  }
}

std::string_view type_word(prometheus::MetricType type, ExpositionFormat format) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Gauge:
      return "gauge";
    case prometheus::MetricType::Summary:
      return "summary";
    case prometheus::MetricType::Histogram:
      return "histogram";
    case prometheus::MetricType::Untyped:
      break;
  }
  return format == ExpositionFormat::openmetrics ? "unknown" : "untyped";
}

/// One extra label of a sample (`le`, `quantile`).
struct Extra {
  std::string_view name;
  double value;
};

class Renderer {
 public:
  explicit Renderer(ExpositionFormat format) : format_(format) {}

  void family(const prometheus::MetricFamily& family) {
    head(family);
    for (const prometheus::ClientMetric& metric : family.metric) one(family, metric);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  template <class... Parts>
  void append(const Parts&... parts) {
    (out_.append(parts), ...);
  }
  [[nodiscard]] bool openmetrics() const { return format_ == ExpositionFormat::openmetrics; }

  void head(const prometheus::MetricFamily& family) {
    std::string_view name = family.name;
    if (openmetrics() && family.type == prometheus::MetricType::Counter && name.ends_with(kTotal))
      name.remove_suffix(kTotal.size());
    if (!family.help.empty()) {
      append("# HELP ", name, " ");
      append_escaped(out_, family.help, openmetrics());
      out_ += '\n';
    }
    append("# TYPE ", name, " ", type_word(family.type, format_), "\n");
  }

  void one(const prometheus::MetricFamily& family, const prometheus::ClientMetric& metric) {
    switch (family.type) {
      case prometheus::MetricType::Counter:
        if (openmetrics() && !family.name.ends_with(kTotal))
          return sample(family.name + "_total", metric, metric.counter.value);
        return sample(family.name, metric, metric.counter.value);
      case prometheus::MetricType::Gauge:
        return sample(family.name, metric, metric.gauge.value);
      case prometheus::MetricType::Untyped:
        return sample(family.name, metric, metric.untyped.value);
      case prometheus::MetricType::Summary:
        return summary(family.name, metric);
      case prometheus::MetricType::Histogram:
        return histogram(family.name, metric);
    }
  }

  void summary(const std::string& name, const prometheus::ClientMetric& metric) {
    for (const auto& quantile : metric.summary.quantile) {
      const Extra extra{"quantile", quantile.quantile};
      sample(name, metric, quantile.value, &extra);
    }
    sample(name + "_sum", metric, metric.summary.sample_sum);
    sample(name + "_count", metric, static_cast<double>(metric.summary.sample_count));
  }

  void histogram(const std::string& name, const prometheus::ClientMetric& metric) {
    const auto count = static_cast<double>(metric.histogram.sample_count);
    bool infinite = false;
    for (const auto& bucket : metric.histogram.bucket) {
      const Extra extra{"le", bucket.upper_bound};
      sample(name + "_bucket", metric, static_cast<double>(bucket.cumulative_count), &extra);
      infinite = infinite || std::isinf(bucket.upper_bound);
    }
    if (!infinite) {
      const Extra extra{"le", std::numeric_limits<double>::infinity()};
      sample(name + "_bucket", metric, count, &extra);
    }
    sample(name + "_sum", metric, metric.histogram.sample_sum);
    sample(name + "_count", metric, count);
  }

  void sample(const std::string& name, const prometheus::ClientMetric& metric, double value,
              const Extra* extra = nullptr) {
    out_ += name;
    std::string_view before = "{";
    for (const auto& label : metric.label) {
      append(before, label.name, "=\"");
      append_escaped(out_, label.value, true);
      out_ += '"';
      before = ",";
    }
    if (extra != nullptr) {
      append(before, extra->name, "=\"", bound(extra->value), "\"");
      before = ",";
    }
    append(before == "," ? "} " : " ", format_number(value), "\n");
  }

  /// OpenMetrics wants `le` and `quantile` as floating point: "1.0", not "1".
  [[nodiscard]] std::string bound(double value) const {
    std::string text = format_number(value);
    if (openmetrics() && std::isfinite(value) && text.find_first_of(".e") == std::string::npos)
      text += ".0";
    return text;
  }

  ExpositionFormat format_;
  std::string out_;
};

}  // namespace

std::string render(std::span<const prometheus::MetricFamily> families, ExpositionFormat format) {
  Renderer renderer(format);
  for (const prometheus::MetricFamily& family : families) renderer.family(family);
  return renderer.take();
}

}  // namespace tocsin::http
