#include "tocsin/series/notation.hpp"

#include <fmt/format.h>

#include <optional>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/series/sample.hpp"

namespace tocsin::series {
namespace {

constexpr std::size_t kMost = 1'000'000;  ///< values of one series: a typing error, not a test

bool blank(char c) {
  return c == ' ' || c == '\t';
}

/// The sign of `a+b` or `a-b`: neither the first character nor an exponent's.
std::size_t sign_of(std::string_view pattern) {
  std::size_t sign = pattern.find_first_of("+-", 1);
  while (sign != std::string_view::npos && (pattern[sign - 1] == 'e' || pattern[sign - 1] == 'E')) {
    sign = pattern.find_first_of("+-", sign + 1);
  }
  return sign;
}

class NotationReader {
 public:
  explicit NotationReader(std::string_view text) : text_(text) {}

  tl::expected<NotedValues, NotationFault> read() {
    while (!fault_ && next_item()) take();
    if (fault_) return tl::unexpected<NotationFault>(std::move(*fault_));
    return std::move(noted_);
  }

 private:
  bool next_item() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
    start_ = at_;
    while (at_ < text_.size() && !blank(text_[at_])) ++at_;
    item_ = text_.substr(start_, at_ - start_);
    return !item_.empty();
  }

  void take() {
    if (item_ == "stale") return add(stale_marker());
    const std::size_t times = item_.find('x');
    const std::string_view pattern = item_.substr(0, times);
    std::size_t more = 0;
    if (times != std::string_view::npos) {
      const auto count = whole(item_.substr(times + 1));
      if (!count) return wrong("a count is missing after `x`", "1+2x3 is 1 3 5 7");
      more = *count;
    }
    if (pattern == "_") {
      noted_.length += times == std::string_view::npos ? 1 : more;
      return;
    }
    if (more > kMost || noted_.values.size() + more > kMost) {
      return wrong(fmt::format("more than {} values", kMost), "");
    }
    repeat(pattern, more);
  }

  void repeat(std::string_view pattern, std::size_t more) {
    const std::size_t sign = sign_of(pattern);
    const auto first = parse_number(pattern.substr(0, sign));
    const auto step =
        sign == std::string_view::npos ? Result<double>(0.0) : parse_number(pattern.substr(sign));
    const bool once = item_.find('x') == std::string_view::npos;
    if (!first || !step) {
      return wrong(fmt::format("`{}` is no value", item_),
                   "a number, `_`, `stale`, or a number repeated: 1+2x3");
    }
    if (once && sign != std::string_view::npos) {
      return wrong(fmt::format("`{}` does not say how often", item_), "1+2x3 is 1 3 5 7");
    }
    double value = *first;
    for (std::size_t done = 0; done <= more; ++done) {
      add(plain_nan(value));
      value += *step;
    }
  }

  static std::optional<std::size_t> whole(std::string_view digits) {
    if (digits.empty() || digits.size() > 12) return std::nullopt;
    std::size_t number = 0;
    for (const char c : digits) {
      if (!is_digit(c)) return std::nullopt;
      number = number * 10 + static_cast<std::size_t>(c - '0');
    }
    return number;
  }

  void add(double value) { noted_.values.emplace_back(noted_.length++, value); }
  void wrong(std::string text, std::string hint) {
    fault_ = NotationFault{start_, item_.size(), std::move(text), std::move(hint)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  std::string_view item_;
  NotedValues noted_;
  std::optional<NotationFault> fault_;
};

}  // namespace

tl::expected<NotedValues, NotationFault> read_values(std::string_view text) {
  return NotationReader(text).read();
}

std::size_t end_of_series(std::string_view line) {
  std::size_t at = 0;
  bool labels = false;
  while (at < line.size() && (labels || !blank(line[at]))) {
    if (line[at] == '"') {
      for (++at; at < line.size() && line[at] != '"'; ++at) at += line[at] == '\\' ? 1 : 0;
    } else if (line[at] == '{') {
      labels = true;
    } else if (line[at] == '}') {
      labels = false;
    }
    ++at;
  }
  while (at < line.size() && blank(line[at])) ++at;
  return std::min(at, line.size());
}

}  // namespace tocsin::series
