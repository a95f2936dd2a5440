#include "convert.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "report.hpp"
#include "url.hpp"

namespace tocsin::config {
namespace {

constexpr double kGreatestCount = 9007199254740992.0;  // beyond it a double has gaps

tl::unexpected<Error> unfit(std::string_view wanted, const Value& value) {
  return fail(ErrorCode::invalid,
              fmt::format("expected {}, found {}", wanted, to_string(value.kind)));
}

Result<Quantity> member(const Value& table, std::string_view name, std::optional<Quantity>& out) {
  const Entry* entry = table.find(name);
  if (entry == nullptr) return Quantity{};
  Result<Quantity> quantity = to_quantity(entry->value);
  if (quantity) out = *quantity;
  return quantity;
}

}  // namespace

Result<Duration> to_duration(const Value& value) {
  if (value.kind == Kind::number) {
    return fail(ErrorCode::invalid, fmt::format("a duration needs its unit: \"{}s\", \"{}m\"",
                                                value.number, value.number));
  }
  if (value.kind != Kind::text) return unfit("a duration such as \"30s\"", value);
  return parse_duration(value.text);
}

Result<std::uint64_t> to_count(const Value& value) {
  if (value.kind != Kind::number) return unfit("a whole number", value);
  if (!value.whole) return fail(ErrorCode::invalid, "expected a whole number");
  if (value.number < 0) return fail(ErrorCode::invalid, "expected a number that is not negative");
  if (value.number > kGreatestCount) return fail(ErrorCode::invalid, "the number is too large");
  return static_cast<std::uint64_t>(value.number);
}

Result<std::uint64_t> to_size(const Value& value) {
  if (value.kind == Kind::number) return to_count(value);
  if (value.kind != Kind::text) return unfit("a size such as \"32MiB\"", value);
  const Result<Quantity> quantity = parse_quantity(value.text);
  if (!quantity) return tl::unexpected(quantity.error());
  if (quantity->unit != Unit::bytes && quantity->unit != Unit::none) {
    return fail(ErrorCode::invalid, "expected a size such as \"32MiB\"");
  }
  if (!(quantity->value >= 0) || quantity->value > kGreatestCount) {
    return fail(ErrorCode::invalid, "the size is out of range");
  }
  return static_cast<std::uint64_t>(quantity->value);
}

Result<Quantity> to_quantity(const Value& value) {
  if (value.kind == Kind::number) {
    if (!std::isfinite(value.number)) return fail(ErrorCode::invalid, "the number is not finite");
    return Quantity{value.number, Unit::none};
  }
  if (value.kind != Kind::text) {
    return unfit("a quantity such as \"80%\", \"2s\", \"512MiB\" or a number", value);
  }
  return parse_quantity(value.text);
}

Result<std::vector<std::string>> to_texts(const Value& value) {
  if (value.kind == Kind::text) return std::vector<std::string>{value.text};
  if (value.kind != Kind::array) return unfit("a list of texts", value);
  std::vector<std::string> texts;
  for (const Value& item : value.items) {
    if (item.kind != Kind::text) return unfit("a list of texts", item);
    texts.push_back(item.text);
  }
  return texts;
}

bool is_label_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

Result<Label> to_label(const Entry& entry) {
  if (!is_label_name(entry.key)) {
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is no label name: letters, digits and _ only", entry.key));
  }
  if (entry.key.starts_with("__")) {
    return fail(ErrorCode::invalid,
                fmt::format("`{}`: names with two underscores in front are reserved", entry.key));
  }
  if (entry.value.kind != Kind::text) {
    return fail(ErrorCode::invalid, fmt::format("the value of label `{}` must be a text, found {}",
                                                entry.key, to_string(entry.value.kind)));
  }
  return Label{entry.key, entry.value.text};
}

Result<Labels> to_labels(const Value& value) {
  if (value.kind != Kind::table) return unfit("a table such as { env = \"production\" }", value);
  std::vector<Label> labels;
  for (const Entry& entry : value.entries) {
    Result<Label> label = to_label(entry);
    if (!label) return tl::unexpected(label.error());
    labels.push_back(std::move(*label));
  }
  return Labels(labels);
}

Result<ReadSecret> to_secret(const Value& value, bool url) {
  static constexpr std::array<std::string_view, 3> kSchemes = {"credential", "file", "env"};
  if (value.kind != Kind::text) return unfit("a text", value);
  const std::string_view text = value.text;
  if (text.empty()) return fail(ErrorCode::invalid, "the secret is empty");
  const std::size_t colon = text.find(':');
  const std::string_view scheme = colon == std::string_view::npos ? "" : text.substr(0, colon);
  for (const std::string_view known : kSchemes) {
    if (scheme != known) continue;
    const std::string_view name = text.substr(colon + 1);
    if (name.empty()) {
      return fail(ErrorCode::invalid, fmt::format("nothing is named after `{}:`", known));
    }
    if (known == "file" && name[0] != '/') {
      return fail(ErrorCode::invalid, "the file of a secret is named by its absolute path");
    }
    if (known == "credential" && name.find('/') != std::string_view::npos) {
      return fail(ErrorCode::invalid, "a credential's name holds no slash");
    }
    return ReadSecret{Secret{value.text}, SecretForm::reference};
  }
  if (url) {
    if (parse_url(text)) return ReadSecret{Secret{"value:" + value.text}, SecretForm::url};
    if (scheme == "http" || scheme == "https") return tl::unexpected(parse_url(text).error());
  }
  const std::vector<std::string> schemes(kSchemes.begin(), kSchemes.end());
  const std::string near = scheme.empty() ? "" : nearest(scheme, schemes);
  if (!near.empty()) {
    return fail(ErrorCode::invalid,
                fmt::format("`{}:` is no kind of reference: did you mean `{}:`?", scheme, near));
  }
  if (url) {
    return fail(
        ErrorCode::invalid,
        "expected a URL, or a reference: \"credential:NAME\", \"file:/PATH\", \"env:NAME\"");
  }
  return ReadSecret{Secret{"value:" + value.text}, SecretForm::clear};
}

Result<Limit> to_limit(const Value& value) {
  Limit limit;
  if (value.kind != Kind::table) {
    const Result<Quantity> quantity = to_quantity(value);
    if (!quantity) return tl::unexpected(quantity.error());
    limit.single = *quantity;
    return limit;
  }
  for (const Entry& entry : value.entries) {
    if (entry.key != "warn" && entry.key != "critical") {
      return fail(
          ErrorCode::invalid,
          fmt::format("`{}` is no part of a threshold: `warn` and `critical` are", entry.key));
    }
  }
  const Result<Quantity> warning = member(value, "warn", limit.warning);
  if (!warning) return tl::unexpected(warning.error());
  const Result<Quantity> critical = member(value, "critical", limit.critical);
  if (!critical) return tl::unexpected(critical.error());
  if (const Entry* entry = value.find("warn")) limit.warning_at = entry->value.place;
  if (const Entry* entry = value.find("critical")) limit.critical_at = entry->value.place;
  if (!limit.warning && !limit.critical) {
    return fail(ErrorCode::invalid, "the threshold is empty: it needs `warn`, `critical` or both");
  }
  return limit;
}

Result<std::variant<rule::HoldFor, rule::BadOf>> to_hold(const Value& value) {
  using Hold = std::variant<rule::HoldFor, rule::BadOf>;
  if (value.kind != Kind::table) {
    const Result<Duration> duration = to_duration(value);
    if (!duration) return tl::unexpected(duration.error());
    return Hold{rule::HoldFor{*duration}};
  }
  for (const Entry& entry : value.entries) {
    if (entry.key != "bad" && entry.key != "of") {
      return fail(ErrorCode::invalid,
                  fmt::format("`{}` is no part of `for`: it is {{ bad = 3, of = 5 }}", entry.key));
    }
  }
  const Entry* bad = value.find("bad");
  const Entry* of = value.find("of");
  if (bad == nullptr || of == nullptr) {
    return fail(ErrorCode::invalid, "`for` as a table needs both: { bad = 3, of = 5 }");
  }
  const Result<std::uint64_t> bad_count = to_count(bad->value);
  if (!bad_count) return tl::unexpected(bad_count.error().within("`bad`"));
  const Result<std::uint64_t> of_count = to_count(of->value);
  if (!of_count) return tl::unexpected(of_count.error().within("`of`"));
  if (*bad_count < 1 || *of_count > 1000) {
    return fail(ErrorCode::invalid, "`bad` is at least 1 and `of` at most 1000");
  }
  if (*bad_count > *of_count) {
    return fail(ErrorCode::invalid,
                fmt::format("{} bad of {} evaluations can never be", *bad_count, *of_count));
  }
  return Hold{
      rule::BadOf{static_cast<std::uint32_t>(*bad_count), static_cast<std::uint32_t>(*of_count)}};
}

}  // namespace tocsin::config
