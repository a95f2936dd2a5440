#include <fmt/format.h>

#include "commands/ask.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

int test_notice(const Common& common, const std::string& receiver) {
  json::object body;
  body["receiver"] = json::string(receiver);
  // Longer than the daemon waits for the receiver.
  const auto answer = post(common, "/notify-test", std::move(body), std::chrono::seconds(65));
  if (!answer) return unreached(answer.error());
  if (common.json) print_json(answer->body);
  if (answer->status != 200) return common.json ? fires_or_fails : refused(*answer);
  const std::string result = text_of(answer->body, "result");
  if (!common.json)
    fmt::print("{}: {}{}{}\n", printable(receiver), printable(result),
               text_of(answer->body, "detail").empty() ? "" : ": ",
               printable(text_of(answer->body, "detail")));
  return result == "delivered" ? well : fires_or_fails;
}

}  // namespace tocsin::commands
