#include "feeding.hpp"

#include <algorithm>
#include <optional>

#include "fields.hpp"
#include "known_metrics.hpp"

namespace tocsin::config {
namespace {

/// One selector of an expression.
struct Wanted {
  const series::Selector* selector = nullptr;
  std::optional<Duration> range;
  expr::Span span;
};

class Collector {
 public:
  std::vector<Wanted> run(const expr::Node& root) {
    visit(root);
    return std::move(found_);
  }

 private:
  void visit(const expr::Node& node) {
    std::visit([this, &node](const auto& what) { collect(node, what); }, node.what);
  }
  void collect(const expr::Node& node, const expr::VectorSelector& vector) {
    found_.push_back({&vector.selector, std::nullopt, node.span});
  }
  void collect(const expr::Node& node, const expr::MatrixSelector& matrix) {
    found_.push_back({&matrix.vector.selector, matrix.range, node.span});
  }
  void collect(const expr::Node&, const expr::Subquery& subquery) { visit(*subquery.inner); }
  void collect(const expr::Node&, const expr::Negation& negation) { visit(*negation.operand); }
  void collect(const expr::Node&, const expr::Parenthesis& inner) { visit(*inner.inner); }
  void collect(const expr::Node&, const expr::Binary& binary) {
    visit(*binary.left);
    visit(*binary.right);
  }
  void collect(const expr::Node&, const expr::Aggregate& aggregate) {
    if (aggregate.parameter) visit(*aggregate.parameter);
    visit(*aggregate.operand);
  }
  void collect(const expr::Node&, const expr::Call& call) {
    for (const expr::NodePtr& argument : call.arguments) visit(*argument);
  }
  void collect(const expr::Node&, const expr::Number&) {}
  void collect(const expr::Node&, const expr::Text&) {}

  std::vector<Wanted> found_;
};

enum class Feeds { no, perhaps, surely };

/// What tocsin knows of every target.
bool about_target(std::string_view name) {
  return name.empty() || name == "up" || name.starts_with("scrape_");
}

/// What begins every name of a kind of source; "" where they have none in common.
std::string_view prefix_of(const Source& source) {
  if (std::holds_alternative<RedisSource>(source.kind)) return "redis_";
  if (std::holds_alternative<PingSource>(source.kind)) return "ping_";
  if (std::holds_alternative<TcpSource>(source.kind)) return "tcp_";
  if (std::holds_alternative<DnsSource>(source.kind)) return "dns_";
  if (std::holds_alternative<UplinkSource>(source.kind)) return "uplink_";
  if (std::holds_alternative<JobSource>(source.kind)) return "job_";
  if (std::holds_alternative<FilesSource>(source.kind)) return "files_";
  if (std::holds_alternative<ProcessSource>(source.kind)) return "processes_";
  return "";
}

Feeds by_name(const Source& source, std::string_view name) {
  if (about_target(name)) return Feeds::perhaps;
  if (std::holds_alternative<HostSource>(source.kind)) {
    return name.starts_with("node_") && !name.starts_with("node_systemd_") ? Feeds::surely
                                                                           : Feeds::no;
  }
  if (std::holds_alternative<SystemdSource>(source.kind)) {
    return name.starts_with("node_systemd_") || name.starts_with("systemd_") ? Feeds::surely
                                                                             : Feeds::no;
  }
  if (std::holds_alternative<SelfSource>(source.kind)) {
    if (name.starts_with("tocsin_")) return Feeds::surely;
    return name.starts_with("process_") ? Feeds::perhaps : Feeds::no;
  }
  if (const auto* postgres = std::get_if<PostgresSource>(&source.kind)) {
    const auto is = [&](const PostgresQueryDefinition& query) { return query.metric == name; };
    const bool own = std::any_of(postgres->queries.begin(), postgres->queries.end(), is);
    return own || name.starts_with("pg_") ? Feeds::surely : Feeds::no;
  }
  if (const std::string_view prefix = prefix_of(source); !prefix.empty()) {
    return name.starts_with(prefix) ? Feeds::surely : Feeds::no;
  }
  if (const auto* probe = std::get_if<HttpSource>(&source.kind)) {
    const bool gauge = std::any_of(probe->gauges.begin(), probe->gauges.end(),
                                   [&](const JsonGauge& each) { return each.metric == name; });
    return gauge || name.starts_with("probe_") ? Feeds::surely : Feeds::no;
  }
  return Feeds::perhaps;
}

/// Whether the target's series can be what the selector asks for.
Feeds feeds(const Source& source, const series::Selector& selector) {
  const Feeds named = by_name(source, selector.name);
  if (named == Feeds::no || source.target.honor_labels) return named;
  for (const Matcher& matcher : selector.matchers) {
    const std::string_view value = source.target.labels.get(matcher.label());
    if (!value.empty() && !matcher.matches(value)) return Feeds::no;
  }
  return named;
}

/// There may be many of its kind, each with an interval for what it watches: that one is slow
/// forbids nothing to a rule on the others.
bool one_of_many(const Source& source) {
  return std::holds_alternative<HttpSource>(source.kind) ||
         std::holds_alternative<PostgresSource>(source.kind) || !prefix_of(source).empty();
}

/// The interval that a selector's series come at, where it is known.
const Source* interval_of(const std::vector<Source>& sources, const series::Selector& selector) {
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
  return sure != nullptr ? sure : perhaps;
}

class FeedingCheck {
 public:
  FeedingCheck(const std::vector<Source>& sources, Report& report)
      : sources_(sources), report_(report) {
    for (const Source& source : sources) jobs_.emplace_back(source.target.labels.get("job"));
  }

  void check(const ReadRule& read) {
    const Fields fields("rule.*", read.tables, read.place);
    const Entry* entry = fields.find("expr");
    if (entry == nullptr) return;
    const Value& text = entry->value;
    const Source* fastest = nullptr;
    for (const Wanted& wanted : Collector().run(read.rule.expression.root())) {
      const Source* source = interval_of(sources_, *wanted.selector);
      if (source == nullptr) {
        nobody(text, wanted);
        continue;
      }
      check_name(text, wanted);
      if (fastest == nullptr || source->target.every < fastest->target.every) fastest = source;
      if (wanted.range) check_range(text, wanted, source->target);
    }
    if (fastest != nullptr && read.rule.every && *read.rule.every < fastest->target.every) {
      report_.error(fields.place("every"),
                    fmt::format("`every` is shorter than the interval of its source `{}` ({})",
                                fastest->target.name, format_duration(fastest->target.every)),
                    "a rule is evaluated when its samples are in, never more often");
    }
  }

 private:
  void check_range(const Value& text, const Wanted& wanted, const Target& target) {
    const Duration least = 2 * target.every;
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
                              target.name, format_duration(target.every)),
                  fmt::format("at least [{}]", format_duration(least)));
  }

  /// A metric that is nearly one of the host's or of tocsin's own, and is none.
  void check_name(const Value& text, const Wanted& wanted) {
    const std::string& name = wanted.selector->name;
    const std::string meant = mistyped_metric(name);
    if (meant.empty()) return;
    report_.warning(text.within(wanted.span.offset, name.size()),
                    fmt::format("neither this host nor tocsin has a metric `{}`", name),
                    fmt::format("did you mean `{}`?", meant));
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

  const std::vector<Source>& sources_;
  Report& report_;
  std::vector<std::string> jobs_;
};

}  // namespace

void check_feeding(const std::vector<ReadRule>& rules, const std::vector<Source>& sources,
                   Report& report) {
  FeedingCheck check(sources, report);
  for (const ReadRule& read : rules) {
    if (read.parsed) check.check(read);
  }
}

}  // namespace tocsin::config
