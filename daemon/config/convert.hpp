// Values of the tree as the types of the model. Each conversion says what is wrong in words; where
// it is wrong is the caller's to know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/config/ir.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/rule/rule.hpp"

namespace tocsin::config {

[[nodiscard]] Result<Duration> to_duration(const Value& value);
[[nodiscard]] Result<std::uint64_t> to_count(const Value& value);
[[nodiscard]] Result<std::uint64_t> to_size(const Value& value);
[[nodiscard]] Result<Quantity> to_quantity(const Value& value);
/// A list of texts; one text stands for a list of itself.
[[nodiscard]] Result<std::vector<std::string>> to_texts(const Value& value);
[[nodiscard]] Result<Label> to_label(const Entry& entry);
[[nodiscard]] Result<Labels> to_labels(const Value& value);

enum class SecretForm {
  reference,  ///< credential:, file:, env:
  url,        ///< the URL itself
  clear,      ///< the secret itself
};
struct ReadSecret {
  Secret secret;
  SecretForm form = SecretForm::reference;
};
/// `url` where the URL itself may stand in the secret's place.
[[nodiscard]] Result<ReadSecret> to_secret(const Value& value, bool url);

/// Both of `warn` and `critical`, or `single`.
struct Limit {
  std::optional<Quantity> single;
  std::optional<Quantity> warning;
  std::optional<Quantity> critical;
  Place warning_at;
  Place critical_at;
};
[[nodiscard]] Result<Limit> to_limit(const Value& value);

[[nodiscard]] Result<std::variant<rule::HoldFor, rule::BadOf>> to_hold(const Value& value);

[[nodiscard]] bool is_label_name(std::string_view text);

}  // namespace tocsin::config
