#include "templates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "convert.hpp"
#include "tocsin/base/text.hpp"
#include "words.hpp"

namespace tocsin::config {
namespace {

const std::vector<std::string>& fields() {
  static const std::vector<std::string> all = {"value", "threshold", "rule", "labels.NAME"};
  return all;
}

void check_field(const Value& value, std::string_view inside, Report& report) {
  const std::string_view field = trim(inside);
  const auto offset = static_cast<std::size_t>(field.data() - value.text.data());
  if (field.empty()) {
    report.error(value.within(offset, 1), "an empty field",
                 fmt::format("fields are {}", listed(fields(), " and ")));
    return;
  }
  if (field.starts_with("labels.")) {
    const std::string_view name = field.substr(7);
    if (is_label_name(name)) return;
    report.error(value.within(offset + 7, name.size()), fmt::format("`{}` is no label name", name));
    return;
  }
  if (std::find(fields().begin(), fields().end(), field) != fields().end()) return;
  report.error(
      value.within(offset, field.size()), fmt::format("unknown field `{}`", field),
      did_you_mean(field, fields(), fmt::format("fields are {}", listed(fields(), " and "))));
}

}  // namespace

void check_template(const Value& value, Report& report) {
  const std::string_view text = value.text;
  std::size_t at = 0;
  while ((at = text.find("{{", at)) != std::string_view::npos) {
    const std::size_t end = text.find("}}", at + 2);
    if (end == std::string_view::npos) {
      report.error(value.within(at, 2), "`{{` without its `}}`");
      return;
    }
    check_field(value, text.substr(at + 2, end - at - 2), report);
    at = end + 2;
  }
}

}  // namespace tocsin::config
