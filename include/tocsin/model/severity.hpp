// How bad it is, in two independent words: severity is what the rule sees, impact what it costs.
#pragma once

#include <optional>
#include <string_view>

namespace tocsin {

/// Ordered: a greater one is worse.
enum class Severity { info, warning, critical };
enum class Impact { low, medium, high, critical };

[[nodiscard]] std::string_view to_string(Severity severity);
[[nodiscard]] std::string_view to_string(Impact impact);
[[nodiscard]] std::optional<Severity> severity_from(std::string_view text);
[[nodiscard]] std::optional<Impact> impact_from(std::string_view text);

/// The verdict of the rollback decision tree for this impact, one line for the level 3 notice.
[[nodiscard]] std::string_view rollback_verdict(Impact impact);

}  // namespace tocsin
