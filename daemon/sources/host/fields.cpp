#include "sources/host/fields.hpp"

#include <algorithm>
#include <charconv>

namespace tocsin::sources::host {
namespace {

constexpr std::size_t kUsualFields = 20;

// No function, which the algorithms would be handed the address of and call for each byte.
constexpr auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };

template <class Number, class... Format>
std::optional<Number> whole(std::string_view text, Format... format) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value, format...);
  if (error != std::errc() || at != end) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  parts.reserve(static_cast<std::size_t>(std::ranges::count(text, separator)) + 1);
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> out = split(text, '\n');
  if (out.back().empty()) {
    out.pop_back();
  }
  return out;
}

std::vector<std::string_view> fields(std::string_view line) {
  std::vector<std::string_view> out;
  out.reserve(kUsualFields);
  const char* const end = line.data() + line.size();
  for (const char* at = line.data();;) {
    const char* const start = std::find_if_not(at, end, is_blank);
    if (start == end) {
      return out;
    }
    at = std::find_if(start, end, is_blank);
    out.emplace_back(start, static_cast<std::size_t>(at - start));
  }
}

std::optional<std::uint64_t> unsigned_number(std::string_view text, int base) {
  return whole<std::uint64_t>(text, base);
}

std::optional<std::int64_t> signed_number(std::string_view text, int base) {
  return whole<std::int64_t>(text, base);
}

std::optional<double> real_number(std::string_view text) {
  return whole<double>(text);
}

std::optional<double> sysfs_number(std::string_view text) {
  if (text.starts_with("0x")) {
    const std::optional<std::uint64_t> value = unsigned_number(text.substr(2), 16);
    return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
  }
  return real_number(text);
}

std::optional<double> count(std::string_view text) {
  const std::optional<std::uint64_t> value = unsigned_number(text);
  if (!value) {
    return std::nullopt;
  }
  return static_cast<double>(*value);
}

std::optional<std::vector<std::uint32_t>> cpu_list(std::string_view text, std::size_t most) {
  std::vector<std::uint32_t> out;
  if (text.empty()) {
    return out;
  }
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = whole<std::uint32_t>(part.substr(0, dash), 10);
    const auto last =
        dash == std::string_view::npos ? first : whole<std::uint32_t>(part.substr(dash + 1), 10);
    if (!first || !last || *last < *first || *last - *first >= most) {
      return std::nullopt;
    }
    for (std::uint32_t cpu = *first; cpu <= *last && out.size() < most; ++cpu) {
      out.push_back(cpu);
    }
  }
  return out;
}

}  // namespace tocsin::sources::host
