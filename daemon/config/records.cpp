#include "records.hpp"

#include <algorithm>

#include "cycles.hpp"
#include "expressions.hpp"
#include "selectors.hpp"
#include "tocsin/series/exposition.hpp"

namespace tocsin::config {
namespace {

Fields fields_of(const ReadRecord& read) {
  return {"record.*", {read.table}, read.place};
}

void check_record_name(const Found& found, Report& report) {
  if (series::is_metric_name(found.name)) return;
  report.error(found.place, fmt::format("`{}` is no name of a metric", found.name),
               "letters, digits, _ and :, and no digit first: \"instance:cpu_busy:ratio\"");
}

Graph graph_of(const std::vector<ReadRecord>& records) {
  Graph graph;
  for (const ReadRecord& read : records) {
    const Value* text = expression_text(fields_of(read));
    for (const Wanted& wanted : selectors_of(read.record.expression)) {
      for (const ReadRecord& other : records) {
        if (!wanted.selector->takes_name(other.record.name)) continue;
        graph.push_back({read.record.name, other.record.name,
                         text->within(wanted.span.offset, wanted.span.length)});
      }
    }
  }
  return graph;
}

/// Moves each behind those that it reads; the order of the files where that leaves a choice.
std::vector<ReadRecord> in_order(std::vector<ReadRecord> records, const Graph& graph) {
  std::vector<ReadRecord> ordered;
  while (!records.empty()) {
    const auto next =
        std::find_if(records.begin(), records.end(), [&](const ReadRecord& candidate) {
          return std::none_of(graph.begin(), graph.end(), [&](const Edge& edge) {
            return edge.from == candidate.record.name &&
                   std::any_of(records.begin(), records.end(), [&](const ReadRecord& waiting) {
                     return waiting.record.name == edge.to;
                   });
          });
        });
    if (next == records.end()) break;  // a circle, which is an error
    ordered.push_back(std::move(*next));
    records.erase(next);
  }
  return ordered;
}

}  // namespace

std::vector<ReadRecord> read_records(const Survey& survey, Report& report) {
  std::vector<ReadRecord> records;
  for (const Found* found : survey.of("record.*")) {
    check_record_name(*found, report);
    ReadRecord read{{}, found->place, found->table};
    const Fields fields = fields_of(read);
    auto expression = read_expression(fields, report);
    if (!expression) continue;
    check_single_values(fields, *expression, "a record keeps", report);
    read.record = {found->name, std::move(*expression), fields.labels("labels"),
                   fields.maybe_duration("every")};
    records.push_back(std::move(read));
  }
  const Graph graph = graph_of(records);
  for (const Cycle& cycle : cycles(graph)) {
    report.error(
        cycle.place, fmt::format("records read each other in a circle: {}", cycle.text),
        "a record is computed before what reads it; a selector without a name may read any");
  }
  return in_order(std::move(records), graph);
}

}  // namespace tocsin::config
