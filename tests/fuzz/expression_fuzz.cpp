// Any text as an expression: a fault has its place within the text, and what can be parsed can be
// evaluated, to a value or a clear error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tocsin/base/check.hpp"
#include "tocsin/expr/evaluate.hpp"
#include "tocsin/expr/evaluate_range.hpp"

using namespace tocsin;
using namespace tocsin::expr;

namespace {

const series::Store& tiny_store() {
  static const series::Store kStore = [] {
    series::Store store;
    for (int minute = 0; minute < 10; ++minute) {
      std::string body;
      for (const char* job : {"a", "b"}) {
        const std::string value = std::to_string(minute * (job[0] - '`'));
        body += std::string("x{job=\"") + job + "\"} " + value + "\n";
        body += std::string("y_bucket{le=\"+Inf\",job=\"") + job + "\"} " + value + "\n";
        body += std::string("y_bucket{le=\"1\",job=\"") + job + "\"} 1\n";
      }
      body += "z NaN\n";
      store.ingest(TargetId(1), BootTime(minutes(minute)), body, ExpositionFormat::text);
    }
    return store;
  }();
  return kStore;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto expression = Expression::parse(text);
  if (!expression) {
    const ParseError& error = expression.error();
    TOCSIN_CHECK(!error.message.empty());
    TOCSIN_CHECK(error.offset <= text.size());
    return 0;
  }
  TOCSIN_CHECK(expression->reach() >= Duration::zero());
  series::FeedSets feeds;
  Limits limits;
  limits.samples = 20'000;
  limits.elements = 1'000;
  Moment moment;
  moment.at = BootTime(minutes(9));
  moment.wall_minus_boot = hours(400'000);
  const auto value = evaluate(*expression, tiny_store(), feeds, moment, limits);
  TOCSIN_CHECK(value.has_value() || !value.error().text.empty());
  const auto course = evaluate_range(*expression, tiny_store(), feeds, moment,
                                     BootTime(minutes(12)), minutes(1), limits);
  TOCSIN_CHECK(course.has_value() || !course.error().text.empty());
  return 0;
}
