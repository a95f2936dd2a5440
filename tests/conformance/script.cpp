#include "script.hpp"

#include <fmt/format.h>

#include <optional>
#include <sstream>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/expr/string_literal.hpp"
#include "tocsin/series/notation.hpp"

namespace tocsin::conformance {
namespace {

using series::Millis;

Result<Millis> time_of(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  auto duration = parse_duration(negative ? text.substr(1) : text);
  if (!duration) return tl::unexpected<Error>(duration.error());
  return negative ? -duration->count() : duration->count();
}

std::string_view next_word(std::string_view& rest) {
  rest = trim(rest);
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  rest = trim(rest);
  return word;
}

/// `name{label="value", …}` at the start of `rest`, which moves behind it.
Result<Labels> labels_of(std::string_view& rest) {
  std::vector<Label> labels;
  std::size_t at = std::min(rest.find_first_of("{ "), rest.size());
  if (at > 0) labels.push_back({std::string(kNameLabel), std::string(rest.substr(0, at))});
  if (at < rest.size() && rest[at] == '{') {
    for (++at; at < rest.size() && rest[at] != '}';) {
      if (rest[at] == ',' || rest[at] == ' ') {
        ++at;
        continue;
      }
      const std::size_t equals = rest.find('=', at);
      if (equals == std::string_view::npos || equals + 1 >= rest.size()) {
        return fail(ErrorCode::invalid, "a label without a value");
      }
      auto value = expr::read_string(rest, equals + 1);
      if (!value) return fail(ErrorCode::invalid, value.error().message);
      labels.push_back({std::string(trim(rest.substr(at, equals - at))), value->value});
      at = value->end;
    }
    ++at;
  }
  rest.remove_prefix(std::min(at, rest.size()));
  rest = trim(rest);
  return Labels(labels);
}

/// Values with their numbers.
Result<std::vector<std::pair<std::size_t, double>>> values_of(std::string_view rest) {
  auto noted = series::read_values(rest);
  if (!noted) return fail(ErrorCode::invalid, noted.error().text);
  return std::move(noted->values);
}

class Reader {
 public:
  explicit Reader(const std::string& text) {
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines_.push_back(line);
  }

  Result<std::vector<Command>> all() {
    for (; next_ < lines_.size(); ++next_) {
      const std::string& line = lines_[next_];
      if (line.empty() || line.front() == '#') continue;
      if (auto read = command(line); !read) {
        return tl::unexpected<Error>(read.error().within(fmt::format("line {}", next_ + 1)));
      }
    }
    return std::move(commands_);
  }

 private:
  Result<void> command(std::string_view line) {
    const std::string_view word = next_word(line);
    if (word == "clear") {
      commands_.emplace_back();
      return {};
    }
    if (word == "load") return load(line);
    if (word.substr(0, 4) == "eval") return eval(word, line);
    return fail(ErrorCode::invalid, fmt::format("unknown command {}", word));
  }

  /// The next line, where it belongs to the command above it.
  std::optional<std::string_view> below() {
    while (next_ + 1 < lines_.size() && !lines_[next_ + 1].empty()) {
      const std::string& line = lines_[next_ + 1];
      if (line.front() != '#' && line.substr(0, 2) != "  ") return std::nullopt;
      ++next_;
      if (line.front() != '#') return trim(line);
    }
    return std::nullopt;
  }

  Result<void> load(std::string_view rest) {
    const auto step = time_of(rest);
    if (!step) return tl::unexpected<Error>(step.error());
    Command command;
    command.kind = Command::Kind::load;
    while (auto line = below()) {
      auto labels = labels_of(*line);
      if (!labels) return tl::unexpected<Error>(labels.error());
      const auto values = values_of(*line);
      if (!values) return tl::unexpected<Error>(values.error());
      LoadedSeries loaded{std::move(*labels), {}};
      for (const auto& [number, value] : *values) {
        loaded.samples.push_back({static_cast<Millis>(number) * *step, value});
      }
      command.load.push_back(std::move(loaded));
    }
    commands_.push_back(std::move(command));
    return {};
  }

  Result<void> eval(std::string_view word, std::string_view rest) {
    Command command;
    command.kind = Command::Kind::eval;
    Case& test = command.test;
    test.line = next_ + 1;
    test.ordered = word == "eval_ordered";
    test.must_fail = word == "eval_fail";
    test.range = next_word(rest) == "range";
    next_word(rest);  // "at" or "from"
    const auto from = time_of(next_word(rest));
    if (!from) return tl::unexpected<Error>(from.error());
    test.from = test.to = *from;
    if (test.range) {
      next_word(rest);  // "to"
      const auto to = time_of(next_word(rest));
      next_word(rest);  // "step"
      const auto step = time_of(next_word(rest));
      if (!to || !step) return fail(ErrorCode::invalid, "no time");
      test.to = *to;
      test.step = *step;
    }
    test.expression = std::string(rest);
    while (auto line = below()) {
      if (auto read = expected(*line, test); !read) return read;
    }
    commands_.push_back(std::move(command));
    return {};
  }

  static Result<void> expected(std::string_view line, Case& test) {
    constexpr std::string_view kString = "expect string ";
    if (line.substr(0, kString.size()) == kString) {
      auto literal = expr::read_string(line, kString.size());
      if (!literal) return fail(ErrorCode::invalid, literal.error().message);
      test.expects_string = true;
      test.text = literal->value;
      return {};
    }
    if (const auto number = parse_number(line)) {
      test.expects_scalar = true;
      test.scalar = *number;
      return {};
    }
    auto labels = labels_of(line);
    if (!labels) return tl::unexpected<Error>(labels.error());
    auto values = values_of(line);
    if (!values) return tl::unexpected<Error>(values.error());
    test.series.push_back({std::move(*labels), std::move(*values)});
    return {};
  }

  std::vector<std::string> lines_;
  std::size_t next_ = 0;
  std::vector<Command> commands_;
};

}  // namespace

Result<std::vector<Command>> read_script(const std::string& text) {
  return Reader(text).all();
}

}  // namespace tocsin::conformance
