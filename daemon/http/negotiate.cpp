#include <algorithm>
#include <string>

#include "http/exposition.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::http {

namespace {

/// The part up to `separator`, which is taken off with it.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

struct Range {
  std::string type;
  std::string version;
  double quality = 1;
};

Range parse_range(std::string_view text) {
  Range range;
  range.type = lowercase(cut(text, ';'));
  while (!text.empty()) {
    std::string_view value = cut(text, ';');
    const std::string name = lowercase(cut(value, '='));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (name == "version") range.version = value;
    if (name == "q") range.quality = parse_number(value).value_or(0);
  }
  return range;
}

}  // namespace

std::string_view content_type(ExpositionFormat format) {
  return format == ExpositionFormat::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

ExpositionFormat negotiate(std::string_view accept) {
  double openmetrics = 0;
  double text = 0;
  while (!accept.empty()) {
    const Range range = parse_range(cut(accept, ','));
    if (range.type == "application/openmetrics-text" &&
        (range.version.empty() || range.version == "1.0.0"))
      openmetrics = std::max(openmetrics, range.quality);
    if (range.type == "text/plain" && (range.version.empty() || range.version == "0.0.4"))
      text = std::max(text, range.quality);
  }
  return openmetrics > 0 && openmetrics >= text ? ExpositionFormat::openmetrics
                                                : ExpositionFormat::text;
}

}  // namespace tocsin::http
