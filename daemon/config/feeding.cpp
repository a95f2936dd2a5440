#include "feeding.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "expressions.hpp"
#include "feeds.hpp"
#include "known_metrics.hpp"
#include "selectors.hpp"

namespace tocsin::config {
namespace {

/// There may be many of its kind, each with an interval for what it watches: that one is slow
/// forbids nothing to a rule on the others.
bool one_of_many(const Source& source) {
  return std::holds_alternative<HttpSource>(source.kind) ||
         std::holds_alternative<PostgresSource>(source.kind) || !prefix_of(source).empty();
}

/// Who gives a selector's series, and how often.
struct Feeder {
  std::string name;
  Duration every{};  ///< 0 where it is not known
};

/// The interval that a selector's series come at, where it is known.
const Target* interval_of(const std::vector<Source>& sources, const series::Selector& selector) {
  const Source* sure = nullptr;     // of those that surely feed it, the one that decides
  const Source* perhaps = nullptr;  // the fastest of those that may
  for (const Source& source : sources) {
    switch (feeds(source, selector)) {
      case Feeds::no:
        break;
      case Feeds::surely:
        if (sure == nullptr || (one_of_many(source) ? source.target.every < sure->target.every
                                                    : source.target.every > sure->target.every)) {
          sure = &source;
        }
        break;
      case Feeds::perhaps:
        if (perhaps == nullptr || source.target.every < perhaps->target.every) perhaps = &source;
        break;
    }
  }
  if (sure == nullptr) sure = perhaps;
  return sure == nullptr ? nullptr : &sure->target;
}

/// Not only by how the name begins.
bool gives_exactly(const Source& source, std::string_view name) {
  if (std::binary_search(known_metrics().begin(), known_metrics().end(), name)) return true;
  if (const auto* postgres = std::get_if<PostgresSource>(&source.kind)) {
    return std::any_of(postgres->queries.begin(), postgres->queries.end(),
                       [&](const PostgresQueryDefinition& query) { return query.metric == name; });
  }
  const auto* probe = std::get_if<HttpSource>(&source.kind);
  return probe != nullptr &&
         std::any_of(probe->gauges.begin(), probe->gauges.end(),
                     [&](const JsonGauge& each) { return each.metric == name; });
}

class FeedingCheck {
 public:
  FeedingCheck(const std::vector<Source>& sources, Report& report)
      : sources_(sources), report_(report) {
    for (const Source& source : sources) jobs_.emplace_back(source.target.labels.get("job"));
  }

  void check(const ReadRule& read) {
    const Fields fields("rule.*", read.tables, read.place);
    static_cast<void>(check("a rule", fields, read.rule.expression, read.rule.every));
  }

  /// Records come in the order in which they read each other.
  void check(const ReadRecord& read) {
    const rule::Record& record = read.record;
    const Fields fields("record.*", {read.table}, read.place);
    check_clash(read);
    const Duration every = check("a record", fields, record.expression, record.every);
    records_[record.name] = record.every.value_or(every);
  }

 private:
  /// The shortest interval of what feeds the expression.
  Duration check(std::string_view what, const Fields& fields, const expr::Expression& expression,
                 const std::optional<Duration>& every) {
    const Value& text = *expression_text(fields);
    std::optional<Feeder> fastest;
    for (const Wanted& wanted : selectors_of(expression)) {
      const auto feeder = feeder_of(text, wanted);
      if (!feeder || feeder->every == Duration::zero()) continue;
      if (!fastest || feeder->every < fastest->every) fastest = feeder;
      if (wanted.range) check_range(text, wanted, *feeder);
    }
    if (!fastest) return Duration::zero();
    if (every && *every < fastest->every) {
      report_.error(fields.place("every"),
                    fmt::format("`every` is shorter than the interval of its source `{}` ({})",
                                fastest->name, format_duration(fastest->every)),
                    fmt::format("{} is evaluated when its samples are in, never more often", what));
    }
    return fastest->every;
  }

  std::optional<Feeder> feeder_of(const Value& text, const Wanted& wanted) {
    const std::string& name = wanted.selector->name;
    if (const auto record = records_.find(name); record != records_.end()) {
      return Feeder{name, record->second};
    }
    const Target* target = interval_of(sources_, *wanted.selector);
    if (target == nullptr) {
      nobody(text, wanted);
      return std::nullopt;
    }
    check_name(text, wanted);
    return Feeder{target->name, target->every};
  }

  /// Two that write one metric: the target's own series stay, and the record's are refused.
  void check_clash(const ReadRecord& read) {
    const std::string& name = read.record.name;
    constexpr std::string_view kHint =
        "a name with colons is nobody else's: level:metric:operation";
    if (about_target(name)) {
      report_.error(read.place, fmt::format("tocsin gives every target a `{}` of its own", name),
                    std::string(kHint));
      return;
    }
    for (const Source& source : sources_) {
      if (by_name(source, name) != Feeds::surely) continue;
      if (gives_exactly(source, name)) {
        report_.error(read.place,
                      fmt::format("source `{}` gives `{}` itself", source.target.name, name),
                      std::string(kHint));
        return;
      }
      if (name.find(':') != std::string::npos) continue;
      report_.warning(read.place,
                      fmt::format("source `{}` gives metrics whose names begin like `{}`",
                                  source.target.name, name),
                      std::string(kHint));
      return;
    }
  }

  void check_range(const Value& text, const Wanted& wanted, const Feeder& feeder) {
    const Duration least = 2 * feeder.every;
    if (*wanted.range >= least) return;
    // The caret stands under the range alone.
    std::size_t offset = wanted.span.offset;
    std::size_t length = wanted.span.length;
    const std::string_view selector = std::string_view(text.text).substr(offset, length);
    if (const std::size_t bracket = selector.rfind('['); bracket != std::string_view::npos) {
      const std::size_t close = selector.find(']', bracket);
      length = (close == std::string_view::npos ? selector.size() : close + 1) - bracket;
      offset += bracket;
    }
    report_.error(text.within(offset, length),
                  fmt::format("the range is shorter than twice the interval that feeds it: `{}` "
                              "comes every {}",
                              feeder.name, format_duration(feeder.every)),
                  fmt::format("at least [{}]", format_duration(least)));
  }

  /// A metric that is nearly one of the host's or of tocsin's own, and is none.
  void check_name(const Value& text, const Wanted& wanted) {
    const std::string& name = wanted.selector->name;
    const std::string meant = mistyped_metric(name);
    if (meant.empty()) return check_given(text, wanted);
    report_.warning(text.within(wanted.span.offset, name.size()),
                    fmt::format("neither this host nor tocsin has a metric `{}`", name),
                    fmt::format("did you mean `{}`?", meant));
  }

  /// A metric that begins as those of a source do, of which all are known, and is none of them.
  void check_given(const Value& text, const Wanted& wanted) {
    const std::string& name = wanted.selector->name;
    const Source* source = nullptr;
    for (const Source& each : sources_) {
      const Feeds feeds = by_name(each, name);
      if (feeds == Feeds::no) continue;
      // A kernel has more than this host's, and an endpoint serves what it likes.
      if (feeds == Feeds::perhaps || std::holds_alternative<HostSource>(each.kind) ||
          gives_exactly(each, name)) {
        return;
      }
      source = &each;
    }
    if (source == nullptr) return;
    const std::string& target = source->target.name;
    report_.warning(text.within(wanted.span.offset, name.size()),
                    fmt::format("source `{}` gives no metric `{}`", target, name),
                    fmt::format("`tocsin config --help source.{}` lists what it gives",
                                target.substr(0, target.find('.'))));
  }

  void nobody(const Value& text, const Wanted& wanted) {
    // A pack watches more than every host has.
    if (report_.input().files[text.place.file].pack) return;
    std::string hint;
    for (const Matcher& matcher : wanted.selector->matchers) {
      if (matcher.label() == "job" && matcher.op() == MatchOp::equal) {
        hint = did_you_mean(matcher.value(), jobs_);
      }
    }
    if (hint.empty()) hint = nearest_record(wanted.selector->name);
    if (hint.empty()) {
      if (const std::string meant = mistyped_metric(wanted.selector->name); !meant.empty()) {
        hint = fmt::format("did you mean `{}`?", meant);
      }
    }
    if (hint.empty() && wanted.selector->name.starts_with("node_")) {
      hint = "[source.host] gives node_ series";
    }
    report_.warning(text.within(wanted.span.offset, wanted.span.length),
                    "no source that is configured can feed this", std::move(hint));
  }

  [[nodiscard]] std::string nearest_record(std::string_view name) const {
    std::vector<std::string> names;
    for (const auto& [record, every] : records_) names.push_back(record);
    return did_you_mean(name, names);
  }

  const std::vector<Source>& sources_;
  Report& report_;
  std::map<std::string, Duration> records_;  ///< their intervals; 0 where nobody feeds them
  std::vector<std::string> jobs_;
};

}  // namespace

void check_feeding(const std::vector<ReadRecord>& records, const std::vector<ReadRule>& rules,
                   const std::vector<Source>& sources, Report& report) {
  FeedingCheck check(sources, report);
  for (const ReadRecord& read : records) check.check(read);
  for (const ReadRule& read : rules) {
    if (read.parsed) check.check(read);
  }
}

}  // namespace tocsin::config
