#include "check_value.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "baselines.hpp"
#include "convert.hpp"
#include "probe_values.hpp"
#include "templates.hpp"
#include "tocsin/base/check.hpp"
#include "tocsin/model/matcher.hpp"
#include "url.hpp"
#include "words.hpp"

namespace tocsin::config {
namespace {

/// A bound of the table, read as the table writes it.
Value bound(std::string_view text) {
  Value value;
  value.text = text;
  value.kind = Kind::text;
  return value;
}

template <class T>
void check_bounds(const Key& key, const Value& value, T found, Result<T> (*convert)(const Value&),
                  Report& report) {
  if (!key.least.empty()) {
    const Result<T> least = convert(bound(key.least));
    TOCSIN_CHECK(least.has_value());
    if (found < *least) {
      report.error(value.place, fmt::format("`{}` is at least {}", key.name, key.least));
      return;
    }
  }
  if (!key.most.empty()) {
    const Result<T> most = convert(bound(key.most));
    TOCSIN_CHECK(most.has_value());
    if (found > *most) {
      report.error(value.place, fmt::format("`{}` is at most {}", key.name, key.most));
    }
  }
}

/// Reads a count as the table writes bounds: as text.
Result<std::uint64_t> to_count_or_text(const Value& value) {
  if (value.kind != Kind::text) return to_count(value);
  Value size = value;
  return to_size(size);
}

/// Reports the conversion's error where there is one.
template <class T>
bool good(const Key& key, const Value& value, const Result<T>& result, Report& report) {
  if (result) return true;
  std::string hint;
  if (!key.example.empty()) hint = fmt::format("for example {} = {}", key.name, key.example);
  report.error(value.place, fmt::format("`{}`: {}", key.name, result.error().text),
               std::move(hint));
  return false;
}

bool is_text(const Key& key, const Value& value, Report& report) {
  if (value.kind == Kind::text) return true;
  return good(key, value,
              Result<void>(
                  fail(ErrorCode::invalid, fmt::format("expected {}, found {}", to_string(key.type),
                                                       to_string(value.kind)))),
              report);
}

/// "warn" is the beginning of one choice alone, and too far from it for a slip.
std::string begun(std::string_view word, const std::vector<std::string>& choices) {
  constexpr std::size_t kShortest = 3;
  std::string only;
  for (const std::string& choice : choices) {
    if (word.size() < kShortest || !choice.starts_with(word)) continue;
    if (!only.empty()) return "";
    only = choice;
  }
  return only.empty() ? "" : fmt::format("did you mean `{}`?", only);
}

void check_choice(const Key& key, const Value& value, Report& report) {
  if (!is_text(key, value, report)) return;
  const std::vector<std::string> choices = words(key.choices);
  if (std::find(choices.begin(), choices.end(), value.text) != choices.end()) return;
  report.error(value.within(0, value.text.size()),
               fmt::format("`{}` cannot be `{}`: it is {}", key.name, value.text, listed(choices)),
               did_you_mean(value.text, choices, begun(value.text, choices)));
}

void check_texts(const Key& key, const Value& value, Report& report) {
  if (!good(key, value, to_texts(value), report)) return;
  if (value.kind == Kind::array && value.items.empty() && key.required) {
    report.error(value.place, fmt::format("`{}` is empty", key.name),
                 fmt::format("for example {} = {}", key.name, key.example));
  }
  for (std::size_t at = 0; at < value.items.size(); ++at) {
    const Value& item = value.items[at];
    if (item.text.empty()) report.error(item.place, fmt::format("`{}`: an empty name", key.name));
    for (std::size_t before = 0; before < at; ++before) {
      if (value.items[before].text != item.text) continue;
      report.error(item.place, fmt::format("`{}` stands twice in `{}`", item.text, key.name));
      break;
    }
  }
}

void check_labels(const Key& key, const Value& value, Report& report) {
  if (value.kind != Kind::table) {
    good(key, value, to_labels(value), report);
    return;
  }
  for (const Entry& entry : value.entries) {
    const Result<Label> label = to_label(entry);
    if (label) continue;
    const bool its_value = is_label_name(entry.key) && !entry.key.starts_with("__");
    report.error(its_value ? entry.value.place : entry.place, label.error().text);
  }
}

/// A table whose entries stand each for itself; what is wrong with one is said at its place.
template <class T>
void check_each(const Key& key, const Value& value, Result<T> (*convert)(const Entry&),
                Report& report) {
  if (value.kind != Kind::table) {
    report.error(value.place,
                 fmt::format("`{}`: expected {}, found {}", key.name, to_string(key.type),
                             to_string(value.kind)),
                 fmt::format("for example {} = {}", key.name, key.example));
    return;
  }
  for (const Entry& entry : value.entries) {
    const Result<T> read = convert(entry);
    if (!read) report.error(entry.place, fmt::format("`{}`: {}", key.name, read.error().text));
  }
}

void check_secret(const Key& key, const Value& value, Report& report) {
  const bool url = key.type == Type::secret_url;
  const Result<ReadSecret> secret = to_secret(value, url);
  if (!good(key, value, secret, report)) return;
  const bool clear = secret->form == SecretForm::clear ||
                     (secret->form == SecretForm::url &&
                      (value.text.find("hooks.slack.com") != std::string::npos ||
                       parse_url(value.text)->has_password));
  if (clear) {
    report.warning(value.place, fmt::format("`{}`: a secret stands here in the clear", key.name),
                   "name it: \"credential:NAME\", \"file:/PATH\" or \"env:NAME\"");
  }
}

void check_dsn(const Key& key, const Value& value, Report& report) {
  const Result<ReadSecret> secret = to_secret(value, false);
  if (!good(key, value, secret, report) || secret->form != SecretForm::clear) return;
  const bool uri = value.text.starts_with("postgresql://") || value.text.starts_with("postgres://");
  if (!uri && value.text.find('=') == std::string::npos) {
    report.error(value.place, fmt::format("`{}`: expected {}", key.name, to_string(key.type)),
                 fmt::format("for example {} = {}", key.name, key.example));
    return;
  }
  // libpq takes the first @ for the end of the password.
  const std::string_view place = std::string_view(value.text).substr(0, value.text.find('?'));
  const bool at_twice = place.find('@') != place.rfind('@');
  if (uri && (at_twice || cuts_password(value.text))) {
    report.error(value.place, fmt::format("`{}`: {}", key.name, kCutsPassword));
    return;
  }
  const std::size_t at = value.text.find('@');
  const bool password = value.text.find("password") != std::string::npos ||
                        (uri && at != std::string::npos && value.text.find(':', 13) < at);
  if (password) {
    report.warning(value.place, fmt::format("`{}`: a password stands here in the clear", key.name),
                   "name it in `password`: \"credential:NAME\", \"file:/PATH\" or \"env:NAME\"");
  }
}

void check_url(const Key& key, const Value& value, Report& report) {
  if (!is_text(key, value, report)) return;
  const Result<Url> url = parse_url(value.text);
  if (good(key, value, url, report) && url->has_password) {
    report.warning(value.place, fmt::format("`{}`: a password stands here in the clear", key.name),
                   "use `username` and `password` with a reference");
  }
}

void check_path(const Key& key, const Value& value, Report& report) {
  if (!is_text(key, value, report)) return;
  if (value.text.starts_with('/')) return;
  report.error(value.place, fmt::format("`{}` is an absolute path", key.name),
               fmt::format("for example {} = {}", key.name, key.example));
}

void check_matchers(const Key& key, const Value& value, Report& report) {
  if (!is_text(key, value, report)) return;
  if (const std::optional<MatchersFault> fault = Matchers::fault_in(value.text)) {
    report.error(value.within(fault->offset, 1), fmt::format("`{}`: {}", key.name, fault->text),
                 fmt::format("for example {} = {}", key.name, key.example));
  }
}

void check_regex(const Key& key, const Value& value, Report& report) {
  if (!is_text(key, value, report)) return;
  good(key, value, Matcher::make("x", MatchOp::regex, value.text), report);
}

void check_hold(const Key& key, const Value& value, Report& report) {
  const auto hold = to_hold(value);
  if (!hold && value.kind != Kind::table) {
    report.error(value.place, fmt::format("`{}`: {}", key.name, hold.error().text),
                 fmt::format("for example {} = \"2m\"", key.name));
    return;
  }
  if (!good(key, value, hold, report)) return;
  if (const auto* span = std::get_if<rule::HoldFor>(&*hold)) {
    check_bounds<Duration>(key, value, span->span, to_duration, report);
  }
}

void check_baseline(const Key& key, const Value& value, Report& report) {
  const auto fault = baseline_fault(key.name, value);
  if (!fault) return;
  report.error(fault->place, fault->text, fault->hint);
}

}  // namespace

void check_value(const Key& key, const Value& value, Report& report) {
  switch (key.type) {
    case Type::text:
      (void)is_text(key, value, report);
      return;
    case Type::flag:
      if (value.kind != Kind::flag) {
        report.error(value.place, fmt::format("`{}`: expected true or false, found {}", key.name,
                                              to_string(value.kind)));
      }
      return;
    case Type::count: {
      const Result<std::uint64_t> count = to_count(value);
      if (good(key, value, count, report)) {
        check_bounds<std::uint64_t>(key, value, *count, to_count_or_text, report);
      }
      return;
    }
    case Type::duration: {
      const Result<Duration> duration = to_duration(value);
      if (good(key, value, duration, report)) {
        check_bounds<Duration>(key, value, *duration, to_duration, report);
      }
      return;
    }
    case Type::size: {
      const Result<std::uint64_t> size = to_size(value);
      if (good(key, value, size, report)) {
        check_bounds<std::uint64_t>(key, value, *size, to_size, report);
      }
      return;
    }
    case Type::quantity:
      good(key, value, to_quantity(value), report);
      return;
    case Type::threshold:
      good(key, value, to_limit(value), report);
      return;
    case Type::hold:
      check_hold(key, value, report);
      return;
    case Type::baseline:
      check_baseline(key, value, report);
      return;
    case Type::choice:
      check_choice(key, value, report);
      return;
    case Type::labels:
      check_labels(key, value, report);
      return;
    case Type::texts:
    case Type::names:
      check_texts(key, value, report);
      return;
    case Type::secret:
    case Type::secret_url:
      check_secret(key, value, report);
      return;
    case Type::secret_dsn:
      check_dsn(key, value, report);
      return;
    case Type::url:
      check_url(key, value, report);
      return;
    case Type::address:
      if (is_text(key, value, report) && !value.text.empty()) {
        good(key, value, check_address(value.text), report);
      }
      return;
    case Type::path:
      check_path(key, value, report);
      return;
    case Type::regex:
      check_regex(key, value, report);
      return;
    case Type::matchers:
      check_matchers(key, value, report);
      return;
    case Type::expression:
      (void)is_text(key, value, report);
      return;
    case Type::statuses:
      good(key, value, to_statuses(value), report);
      return;
    case Type::headers:
      check_each<HttpHeader>(key, value, to_header, report);
      return;
    case Type::json_values:
      check_each<JsonExpectation>(key, value, to_json_expectation, report);
      return;
    case Type::pointers:
      check_each<JsonGauge>(key, value, to_json_gauge, report);
      return;
    case Type::text_template:
      if (is_text(key, value, report)) check_template(value, report);
      return;
  }
}

}  // namespace tocsin::config
