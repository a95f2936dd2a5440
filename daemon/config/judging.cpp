#include "judging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <variant>

#include "feeds.hpp"
#include "selectors.hpp"

namespace tocsin::config {
namespace {

/// Of endpoints that may serve anything, only another tocsin's serve these.
bool tocsin_alone_gives(std::string_view name) {
  return name.starts_with("tocsin_") || name.starts_with("uplink_");
}

/// `own`: it stands in no pack, so that a question for `up` is meant for this very source.
bool reads(const expr::Expression& expression, const Source& source, bool own) {
  const std::vector<Wanted> all = selectors_of(expression);
  return std::any_of(all.begin(), all.end(), [&](const Wanted& wanted) {
    const series::Selector& selector = *wanted.selector;
    if (about_target(selector.name)) return own && feeds(source, selector) != Feeds::no;
    switch (feeds(source, selector)) {
      case Feeds::no:
        return false;
      case Feeds::perhaps:
        return !tocsin_alone_gives(selector.name);
      case Feeds::surely:
        break;
    }
    return true;
  });
}

bool judged(const Source& source, const JudgingInput& input, const Report& report) {
  const auto own = [&](const Place& place) { return !report.input().files[place.file].pack; };
  return std::any_of(input.rules.begin(), input.rules.end(),
                     [&](const ReadRule& read) {
                       return reads(read.rule.expression, source, own(read.place));
                     }) ||
         std::any_of(input.records.begin(), input.records.end(), [&](const ReadRecord& read) {
           return reads(read.record.expression, source, own(read.place));
         });
}

std::string hint_for(const Source& source) {
  const std::string& name = source.target.name;
  std::string hint = "enable a pack that does, or write a rule";
  if (!std::holds_alternative<PrometheusSource>(source.kind))
    hint += fmt::format(": `tocsin config --help source.{}` lists its metrics",
                        name.substr(0, name.find('.')));
  return hint;
}

const Found* section_of(const Source& source, const Survey& survey) {
  const std::string& name = source.target.name;
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) return survey.named("source." + name, "");
  return survey.named("source." + name.substr(0, dot) + ".*", name.substr(dot + 1));
}

}  // namespace

void check_judging(const JudgingInput& input, Report& report) {
  if (input.rules.empty()) return;
  for (const Source& source : input.sources) {
    if (std::holds_alternative<SelfSource>(source.kind)) continue;
    const Found* const section = section_of(source, input.survey);
    if (section == nullptr || judged(source, input, report)) continue;
    report.warning(section->place,
                   fmt::format("no rule looks at what source `{}` measures", source.target.name),
                   hint_for(source));
  }
}

}  // namespace tocsin::config
