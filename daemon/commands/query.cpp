#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/table.hpp"
#include "http/control_client.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

/// The second of `[time, value]`.
std::string value_of(const json::value& sample) {
  if (!sample.is_array() || sample.get_array().size() != 2) return "";
  const json::value& value = sample.get_array()[1];
  return value.is_string() ? printable(value.get_string().c_str()) : "";
}

}  // namespace

int query(const Common& common, const std::string& expression) {
  const auto answer = get(common, "/query?expr=" + http::url_encoded(expression));
  if (!answer) return unreached(answer.error());
  if (answer->status != 200) {
    const int status = refused(*answer);
    return answer->status == 422 ? static_cast<int>(fires_or_fails) : status;
  }
  if (common.json) {
    print_json(member_of(answer->body, "data"));
    return well;
  }
  const json::value& data = member_of(answer->body, "data");
  const json::value& result = member_of(data, "result");
  if (text_of(data, "resultType") != "vector" || !result.is_array()) {
    fmt::print("{}\n", value_of(result));
    return well;
  }
  Table table({"SERIES", "VALUE"});
  for (const json::value& one : result.get_array()) {
    const json::value& metric = member_of(one, "metric");
    const std::string labels = labels_of(metric);
    table.add({{labels.empty() ? "{}" : labels}, {value_of(member_of(one, "value"))}});
  }
  if (table.empty()) {
    fmt::print("no series\n");
  } else {
    table.print();
  }
  return well;
}

}  // namespace tocsin::commands
