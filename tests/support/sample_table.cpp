#include "support/sample_table.hpp"

#include <sstream>

namespace tocsin::testing {
namespace {

/// Reads `{…}` from `at` on; false where it breaks off. Values stay escaped: both sides escape
/// alike.
bool read_labels(const std::string& line, std::size_t& at,
                 std::map<std::string, std::string>& out) {
  ++at;
  while (at < line.size() && line[at] != '}') {
    const std::size_t equals = line.find("=\"", at);
    if (equals == std::string::npos) return false;
    std::size_t end = equals + 2;
    while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
    if (end >= line.size()) return false;
    const std::string value = line.substr(equals + 2, end - equals - 2);
    if (!value.empty()) out[line.substr(at, equals - at)] = value;
    at = end + 1;
    if (at < line.size() && line[at] == ',') ++at;
  }
  return at++ < line.size();
}

}  // namespace

std::string name_of(const std::string& series) {
  return series.substr(0, series.find('{'));
}

SampleTable read_samples(std::string_view text) {
  SampleTable table;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# TYPE ")) {
      const std::size_t space = line.find(' ', 7);
      table.types[line.substr(7, space - 7)] = line.substr(space + 1);
      continue;
    }
    if (line.empty() || line.front() == '#') continue;
    std::size_t at = line.find_first_of("{ ");
    std::map<std::string, std::string> labels;
    std::string series = line.substr(0, at);
    if (at == std::string::npos || (line[at] == '{' && !read_labels(line, at, labels))) {
      table.unreadable.push_back(line);
      continue;
    }
    series += '{';
    for (const auto& [name, value] : labels) series += name + "=\"" + value + "\",";
    series += '}';
    const std::string value = line.substr(line.find_first_not_of(' ', at));
    if (!table.samples.emplace(series, value).second) table.twice.push_back(series);
  }
  return table;
}

}  // namespace tocsin::testing
