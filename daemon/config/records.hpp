// [record.*]: what is computed once for all that read it.
#pragma once

#include <vector>

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/rule/record.hpp"

namespace tocsin::config {

struct ReadRecord {
  rule::Record record;
  Place place;  ///< of its name
  const Value* table = nullptr;
};

/// Every record whose expression is good, each behind those that it reads.
[[nodiscard]] std::vector<ReadRecord> read_records(const Survey& survey, Report& report);

}  // namespace tocsin::config
