// Reading the kernel's text: lines, fields between blanks, numbers. Nothing here throws or reads
// past what it was given.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tocsin::sources::host {

inline constexpr double kNanosecond = 1e-9;

/// Lines without their newline; a last line without one counts.
[[nodiscard]] std::vector<std::string_view> lines(std::string_view text);
/// What stands between spaces and tabs.
[[nodiscard]] std::vector<std::string_view> fields(std::string_view line);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// The whole text must be the number.
[[nodiscard]] std::optional<std::uint64_t> unsigned_number(std::string_view text, int base = 10);
[[nodiscard]] std::optional<std::int64_t> signed_number(std::string_view text, int base = 10);
/// Decimal digits with an optional fraction and exponent.
[[nodiscard]] std::optional<double> real_number(std::string_view text);
/// Decimal, or hexadecimal after 0x, as sysfs writes flags.
[[nodiscard]] std::optional<double> sysfs_number(std::string_view text);
/// A count of any width as the double that exposition wants.
[[nodiscard]] std::optional<double> count(std::string_view text);

/// "0-3,7": the numbers named, at most `most` of them; nothing where the text is no such list.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> cpu_list(std::string_view text,
                                                                 std::size_t most = 65536);

}  // namespace tocsin::sources::host
