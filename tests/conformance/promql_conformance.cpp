// Runs PromQL test scripts over the store and the evaluator, and says which cases give what they
// should. Usage: promql-conformance [FILE-OR-FOLDER…]. Exit status: 0 all passed, 1 some failed, 77
// there is nothing to run (ctest counts that as skipped).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "outcome.hpp"

namespace tocsin::conformance {
namespace {

class Runner {
 public:
  explicit Runner(std::string file) : file_(std::move(file)) {}

  void run(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      switch (command.kind) {
        case Command::Kind::clear:
          world_.clear();
          break;
        case Command::Kind::load:
          world_.load(command.load);
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
  void test(const Case& test) {
    const auto got = test.range ? world_.range(test.expression, test.from, test.to, test.step)
                                : world_.instant(test.expression, test.from);
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

  std::string file_;
  World world_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
};

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Files as they are named, of folders every script in them.
std::vector<std::filesystem::path> scripts(const std::vector<std::filesystem::path>& named) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : named) {
    if (!std::filesystem::is_directory(path)) {
      if (std::filesystem::exists(path)) files.push_back(path);
      continue;
    }
    const std::size_t before = files.size();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".test") files.push_back(entry.path());
    }
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
  }
  return files;
}

int run(const std::vector<std::filesystem::path>& named) {
  const auto files = scripts(named);
  if (files.empty()) {
    for (const auto& path : named) fmt::print("SKIPPED: no PromQL scripts in {}\n", path.string());
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
  std::vector<std::filesystem::path> named(argv + 1, argv + argc);
  if (named.empty()) {
    named = {std::filesystem::path(TOCSIN_SOURCE_DIR).parent_path() / "shared" / "promql" / "open"};
  }
  return tocsin::conformance::run(named);
}
