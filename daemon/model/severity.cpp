#include "tocsin/model/severity.hpp"

namespace tocsin {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::critical:
      return "critical";
  }
  return "unknown";
}

std::string_view to_string(Impact impact) {
  switch (impact) {
    case Impact::low:
      return "low";
    case Impact::medium:
      return "medium";
    case Impact::high:
      return "high";
    case Impact::critical:
      return "critical";
  }
  return "unknown";
}

std::optional<Severity> severity_from(std::string_view text) {
  for (const Severity each : {Severity::info, Severity::warning, Severity::critical}) {
    if (text == to_string(each)) return each;
  }
  return std::nullopt;
}

std::optional<Impact> impact_from(std::string_view text) {
  for (const Impact each : {Impact::low, Impact::medium, Impact::high, Impact::critical}) {
    if (text == to_string(each)) return each;
  }
  return std::nullopt;
}

std::string_view rollback_verdict(Impact impact) {
  switch (impact) {
    case Impact::critical:
      return "critical impact: roll back now, under five minutes";
    case Impact::high:
      return "high impact: assess within five minutes: hotfix or rollback";
    case Impact::medium:
      return "medium impact: monitor and fix";
    case Impact::low:
      return "low impact: monitor and fix";
  }
  return "unknown impact: assess it";
}

}  // namespace tocsin
