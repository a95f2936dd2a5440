// Runs PromQL test scripts over the store and the evaluator, and says which cases give what they
// should. Usage: promql-conformance [FOLDER]. Exit status: 0 all passed, 1 some failed, 77 there is
// nothing to run (ctest counts that as skipped).
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

#include "script.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/expr/evaluate.hpp"
#include "tocsin/expr/evaluate_range.hpp"

namespace tocsin::conformance {
namespace {

using series::Sample;

constexpr TargetId kTarget{1};
constexpr Duration kLookback = std::chrono::minutes(5);

/// The comparison that the scripts' own documentation defines.
bool equal(double a, double b) {
  constexpr double kEpsilon = 0.000001;
  constexpr double kSmallest = std::numeric_limits<double>::min();
  if (series::is_stale(a) || series::is_stale(b)) return series::is_stale(a) && series::is_stale(b);
  if (std::isnan(a) && std::isnan(b)) return true;
  if (a == b) return true;
  const double sum = std::fabs(a) + std::fabs(b);
  const double difference = std::fabs(a - b);
  if (a == 0 || b == 0 || sum < kSmallest) return difference < kEpsilon * kSmallest;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kEpsilon;
}

/// What a case gave, or was to give, one line for each series.
struct Outcome {
  std::vector<ExpectedSeries> series;
  std::optional<double> scalar;
  std::optional<std::string> text;

  [[nodiscard]] std::string shown() const {
    if (scalar) return "scalar " + format_number(*scalar);
    if (text) return "string \"" + *text + "\"";
    if (series.empty()) return "nothing";
    std::string lines;
    for (const ExpectedSeries& one : series) {
      lines += "\n      " + one.labels.to_string();
      for (const auto& [number, value] : one.values) {
        lines += fmt::format(" {}:{}", number, format_number(value));
      }
    }
    return lines;
  }
};

bool same_series(const ExpectedSeries& a, const ExpectedSeries& b) {
  return a.labels == b.labels &&
         std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(),
                    [](const auto& left, const auto& right) {
                      return left.first == right.first && equal(left.second, right.second);
                    });
}

bool same(Outcome a, Outcome b, bool ordered) {
  if (a.scalar || b.scalar) return a.scalar && b.scalar && equal(*a.scalar, *b.scalar);
  if (a.text || b.text) return a.text == b.text;
  if (!ordered) {
    const auto by_labels = [](const ExpectedSeries& left, const ExpectedSeries& right) {
      return left.labels < right.labels;
    };
    std::sort(a.series.begin(), a.series.end(), by_labels);
    std::sort(b.series.begin(), b.series.end(), by_labels);
  }
  return std::equal(a.series.begin(), a.series.end(), b.series.begin(), b.series.end(),
                    same_series);
}

class Runner {
 public:
  explicit Runner(std::string file) : file_(std::move(file)) { clear(); }

  void run(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      switch (command.kind) {
        case Command::Kind::clear:
          clear();
          break;
        case Command::Kind::load:
          for (const LoadedSeries& series : command.load) {
            for (const Sample& sample : series.samples) {
              samples_[series.labels][sample.time] = sample.value;
            }
          }
          stored_ = false;
          break;
        case Command::Kind::eval:
          test(command.test);
          break;
      }
    }
  }

  [[nodiscard]] std::size_t passed() const { return passed_; }
  [[nodiscard]] std::size_t failed() const { return failed_; }

 private:
  void clear() {
    samples_.clear();
    stored_ = false;
  }

  /// A store takes samples in the order of time; a later load may bring earlier ones.
  void fill_store() {
    if (stored_) return;
    stored_ = true;
    store_ = series::Store();
    store_.keep_for(std::chrono::hours(24 * 365 * 100));
    for (const auto& [labels, samples] : samples_) {
      for (const auto& [time, value] : samples) {
        store_.append(kTarget, BootTime(Duration(time)), labels, value);
      }
    }
  }

  void test(const Case& test) {
    fill_store();
    auto got = outcome_of(test);
    Outcome wanted;
    wanted.series = test.series;
    if (test.expects_string) wanted.text = test.text;
    if (test.expects_scalar) wanted.scalar = test.scalar;
    const bool good = test.must_fail ? !got : got && same(*got, wanted, test.ordered);
    if (good) {
      ++passed_;
      return;
    }
    ++failed_;
    fmt::print("{}:{}: {}\n    expected: {}\n    got: {}\n", file_, test.line, test.expression,
               test.must_fail ? "a failure" : wanted.shown(),
               got ? got->shown() : "failure: " + got.error().text);
  }

  Result<Outcome> outcome_of(const Case& test) {
    const auto expression = expr::Expression::parse(test.expression);
    if (!expression) {
      return fail(ErrorCode::invalid,
                  fmt::format("at {}: {}", expression.error().offset, expression.error().message));
    }
    expr::Moment moment;
    moment.at = BootTime(Duration(test.from));
    moment.lookback = kLookback;
    return test.range ? range_outcome(*expression, test, moment) : outcome(*expression, moment);
  }

  Result<Outcome> outcome(const expr::Expression& expression, const expr::Moment& moment) {
    auto value = expr::evaluate(expression, store_, feeds_, moment);
    if (!value) return tl::unexpected<Error>(value.error());
    Outcome outcome;
    if (const auto* scalar = std::get_if<double>(&value->value)) {
      outcome.scalar = *scalar;
    } else if (const auto* text = std::get_if<std::string>(&value->value)) {
      outcome.text = *text;
    } else {
      for (const expr::Element& element : std::get<expr::Vector>(value->value)) {
        outcome.series.push_back({element.labels, {{0, element.value}}});
      }
    }
    return outcome;
  }

  Result<Outcome> range_outcome(const expr::Expression& expression, const Case& test,
                                const expr::Moment& moment) {
    auto all = expr::evaluate_range(expression, store_, feeds_, moment, BootTime(Duration(test.to)),
                                    Duration(test.step));
    if (!all) return tl::unexpected<Error>(all.error());
    Outcome outcome;
    for (const expr::RangeSeries& one : *all) {
      ExpectedSeries series{one.labels, {}};
      for (const auto& [time, value] : one.points) {
        const auto number = (time.time_since_epoch().count() - test.from) / test.step;
        series.values.emplace_back(static_cast<std::size_t>(number), value);
      }
      outcome.series.push_back(std::move(series));
    }
    return outcome;
  }

  std::string file_;
  std::map<Labels, std::map<series::Millis, double>> samples_;
  bool stored_ = false;
  series::Store store_;
  series::FeedSets feeds_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
};

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

int run(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".test") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    fmt::print("SKIPPED: no PromQL scripts in {}\n", folder.string());
    return 77;
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    const auto commands = read_script(contents(path));
    if (!commands) {
      fmt::print("{}: {}\n", name, commands.error().text);
      ++failed;
      continue;
    }
    Runner runner(name);
    runner.run(*commands);
    fmt::print("{}: {} passed, {} failed\n", name, runner.passed(), runner.failed());
    passed += runner.passed();
    failed += runner.failed();
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tocsin::conformance

int main(int argc, char** argv) {
  const std::filesystem::path fallback =
      std::filesystem::path(TOCSIN_SOURCE_DIR).parent_path() / "shared" / "promql" / "open";
  return tocsin::conformance::run(argc > 1 ? std::filesystem::path(argv[1]) : fallback);
}
