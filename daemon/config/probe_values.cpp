#include "probe_values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "convert.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::config {
namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";  // RFC 9110, besides letters and digits

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Result<std::string> to_status(const Value& value) {
  std::string text = value.text;
  if (value.kind == Kind::number && value.whole && value.number >= 0 && value.number < 1000) {
    text = fmt::format("{}", static_cast<int>(value.number));
  }
  const bool known = (value.kind == Kind::number || value.kind == Kind::text) && text.size() == 3 &&
                     text[0] >= '1' && text[0] <= '5' &&
                     (text.ends_with("xx") || (is_digit(text[1]) && is_digit(text[2])));
  if (!known) return fail(ErrorCode::invalid, "expected a status such as 200, or \"2xx\"");
  return text;
}

Result<void> check_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') {
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is no JSON pointer: it begins with /, as in \"/status\"", text));
  }
  for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 < text.size() && (text[at + 1] == '0' || text[at + 1] == '1')) continue;
    return fail(
        ErrorCode::invalid,
        fmt::format("`{}` is no JSON pointer: ~ is written ~0, and / within a name ~1", text));
  }
  return {};
}

}  // namespace

bool is_metric_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == ':'; });
}

Result<std::vector<std::string>> to_statuses(const Value& value) {
  std::vector<std::string> all;
  if (value.kind != Kind::array) {
    Result<std::string> one = to_status(value);
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
    return all;
  }
  for (const Value& item : value.items) {
    Result<std::string> one = to_status(item);
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  if (all.empty()) return fail(ErrorCode::invalid, "the list is empty: no status would be well");
  return all;
}

Result<HttpHeader> to_header(const Entry& entry) {
  const bool token =
      !entry.key.empty() && std::all_of(entry.key.begin(), entry.key.end(), [](char c) {
        return is_letter(c) || is_digit(c) || kTokenMarks.find(c) != std::string_view::npos;
      });
  if (!token) return fail(ErrorCode::invalid, fmt::format("`{}` is no header's name", entry.key));
  const std::string& text = entry.value.text;
  if (entry.value.kind != Kind::text || text.find_first_of("\r\n") != std::string::npos) {
    return fail(ErrorCode::invalid,
                fmt::format("the value of `{}` must be a text of one line", entry.key));
  }
  const Result<ReadSecret> secret = to_secret(entry.value, false);
  const bool reference = secret && secret->form == SecretForm::reference;
  return HttpHeader{entry.key, reference ? secret->secret : Secret{"value:" + text}};
}

Result<JsonExpectation> to_json_expectation(const Entry& entry) {
  if (Result<void> good = check_pointer(entry.key); !good) return tl::unexpected(good.error());
  JsonExpectation out;
  out.pointer = entry.key;
  switch (entry.value.kind) {
    case Kind::text:
      out.value = entry.value.text;
      return out;
    case Kind::number:
      out.value = entry.value.number;
      return out;
    case Kind::flag:
      out.value = entry.value.flag;
      return out;
    default:
      return fail(ErrorCode::invalid,
                  fmt::format("what stands at `{}` is a text, a number, true or false; found {}",
                              entry.key, to_string(entry.value.kind)));
  }
}

Result<JsonGauge> to_json_gauge(const Entry& entry) {
  if (!is_metric_name(entry.key)) {
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is no metric's name: letters, digits, _ and : only", entry.key));
  }
  if (entry.key.starts_with("probe_") || entry.key == "up" || entry.key.starts_with("scrape_")) {
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is a name that the probe itself gives", entry.key));
  }
  if (entry.value.kind != Kind::text) {
    return fail(ErrorCode::invalid, fmt::format("`{}` is a JSON pointer in quotes", entry.key));
  }
  if (Result<void> good = check_pointer(entry.value.text); !good) {
    return tl::unexpected(good.error());
  }
  return JsonGauge{entry.key, entry.value.text};
}

}  // namespace tocsin::config
