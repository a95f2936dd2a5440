// Writes exposition text 0.0.4: families with help and type, their samples together, no series
// twice. What goes in may come from anywhere (mount points, firmware strings): names are made
// valid, values are escaped and made UTF-8, so that the text always reads back.
#pragma once

#include <deque>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace tocsin::sources {

enum class MetricType { counter, gauge, untyped };
inline constexpr auto kCounter = MetricType::counter;
inline constexpr auto kGauge = MetricType::gauge;

struct LabelView {
  std::string_view name;
  std::string_view value;
};

class MetricFamily {
 public:
  MetricFamily(std::string name, MetricType type, std::string_view help);
  /// A label without a value is no label. A series that is there already is not added again.
  void add(std::span<const LabelView> labels, double value);
  void add(std::initializer_list<LabelView> labels, double value) {
    add(std::span<const LabelView>(labels.begin(), labels.size()), value);
  }
  void add(double value) { add(std::span<const LabelView>(), value); }

 private:
  friend class Exposition;
  std::string name_;
  std::string header_;
  std::string lines_;
  std::unordered_set<std::string> seen_;
};

class Exposition {
 public:
  Exposition() = default;
  ~Exposition() = default;
  Exposition(const Exposition&) = delete;
  Exposition& operator=(const Exposition&) = delete;
  Exposition(Exposition&&) = default;
  Exposition& operator=(Exposition&&) = default;

  /// The family of that name, made where it is new; the first type and help count.
  MetricFamily& family(std::string_view name, MetricType type, std::string_view help);
  MetricFamily& counter(std::string_view name, std::string_view help) {
    return family(name, MetricType::counter, help);
  }
  MetricFamily& gauge(std::string_view name, std::string_view help) {
    return family(name, MetricType::gauge, help);
  }
  MetricFamily& untyped(std::string_view name, std::string_view help) {
    return family(name, MetricType::untyped, help);
  }
  /// Families in the order of their making; those without a sample are left out.
  [[nodiscard]] std::string text() const;

 private:
  std::deque<MetricFamily> families_;
  std::unordered_map<std::string_view, MetricFamily*> by_name_;  ///< keys: the families' own names
};

/// Bytes that a metric's name cannot hold become `_`.
[[nodiscard]] std::string metric_name(std::string_view text);

}  // namespace tocsin::sources
