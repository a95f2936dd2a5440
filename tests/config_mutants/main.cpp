// Two thousand one-token mistakes in the shipped configuration, half of them from a fixed seed and
// half from a fresh one. What is wrong by construction must be reported on its own line, and
// nothing may crash or hang. What is accepted is listed, for somebody to look at.
//
//     config-mutants [--seed N] [--count N]
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "config_mutants/mutants.hpp"
#include "support/temporary_folder.hpp"
#include "toml/load.hpp"

namespace fs = std::filesystem;
using namespace tocsin;
using namespace tocsin::mutants;

namespace {

constexpr double kWanted = 0.99;
constexpr unsigned kHangs = 60;  ///< seconds that one load never takes, on the slowest machine

char under_way[4096];  ///< what a crash is told of

void dies(int signal) {
  const char* what = signal == SIGALRM ? "HANGS: " : "CRASHES: ";
  static_cast<void>(!::write(STDOUT_FILENO, what, std::strlen(what)));
  static_cast<void>(!::write(STDOUT_FILENO, under_way, std::strlen(under_way)));
  _exit(3);
}

struct File {
  fs::path path;
  std::string text;
  std::vector<Token> tokens;
};

/// A copy of the shipped configuration, in which one file at a time is made wrong.
class Shipped {
 public:
  explicit Shipped(const fs::path& rules) {
    fs::copy(rules / "examples/production", root_ / "etc", fs::copy_options::recursive);
    fs::create_directory(root_ / "packs");
    for (const auto& entry : fs::directory_iterator(rules)) {
      if (entry.path().extension() == ".toml") fs::copy(entry.path(), root_ / "packs");
    }
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path());
      File file{entry.path(), {std::istreambuf_iterator<char>(in), {}}, {}};
      file.tokens = tokens_of(file.text);
      files.push_back(std::move(file));
    }
    std::sort(files.begin(), files.end(),
              [](const File& a, const File& b) { return a.path < b.path; });
  }
  [[nodiscard]] config::Loaded load() const {
    return toml::load((root_ / "etc").string(), {"host-1", (root_ / "packs").string()});
  }
  [[nodiscard]] config::Loaded load_with(const File& file, const std::string& text) const {
    write(file, text);
    config::Loaded loaded = load();
    write(file, file.text);
    return loaded;
  }
  [[nodiscard]] std::string name(const File& file) const {
    return fs::relative(file.path, root_).string();
  }

  std::vector<File> files;

 private:
  static void write(const File& file, const std::string& text) {
    std::ofstream(file.path, std::ios::trunc) << text;
  }
  testing::TemporaryFolder folder_;
  fs::path root_ = folder_.path();
};

struct Count {
  std::size_t made = 0;
  std::size_t on_line = 0;
};
struct Tally {
  std::map<std::string, Count> invalid;  ///< by kind, of those wrong by construction
  std::size_t others = 0;
  std::size_t others_reported = 0;
  std::vector<std::string> missed;
  std::vector<std::string> accepted;
};

std::string line_of(const std::string& text, std::uint32_t number) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < number; ++line) at = text.find('\n', at) + 1;
  return text.substr(at, text.find('\n', at) - at);
}

bool told_on_line(const config::Loaded& loaded, const fs::path& path, std::uint32_t line) {
  for (const config::Diagnostic& each : loaded.diagnostics) {
    if (each.line == line && path.string().ends_with(each.file)) return true;
  }
  return false;
}

void judge(const Shipped& shipped, const File& file, const Mutant& each, Tally& tally) {
  std::string text = file.text;
  text.replace(each.begin, each.end - each.begin, each.text);
  const std::string kind = fmt::format("{} {}", to_string(each.mistake), to_string(each.kind));
  const std::string what =
      fmt::format("{}:{}: {}: {}", shipped.name(file), each.line, kind, line_of(text, each.line));
  std::snprintf(under_way, sizeof under_way, "%s\n", what.c_str());
  alarm(kHangs);
  const config::Loaded loaded = shipped.load_with(file, text);
  alarm(0);
  const bool reported = !loaded.diagnostics.empty();
  if (!reported) tally.accepted.push_back(fmt::format("{}{}", each.invalid ? "WRONG " : "", what));
  if (!each.invalid) {
    ++tally.others;
    tally.others_reported += reported ? 1 : 0;
    return;
  }
  Count& count = tally.invalid[kind];
  ++count.made;
  if (told_on_line(loaded, file.path, each.line)) {
    ++count.on_line;
  } else if (reported) {
    const config::Diagnostic& first = loaded.diagnostics.front();
    tally.missed.push_back(
        fmt::format("{}\n      told at {}:{}: {}", what, first.file, first.line, first.message));
  }
}

Tally run(const Shipped& shipped, std::uint64_t seed, std::size_t wanted) {
  Random random(seed);
  Tally tally;
  std::size_t tokens = 0;
  for (const File& file : shipped.files) tokens += file.tokens.size();
  for (std::size_t made = 0; made < wanted;) {
    std::size_t at = random.below(tokens);
    const File* file = &shipped.files.front();
    for (; at >= file->tokens.size(); ++file) at -= file->tokens.size();
    const auto mistake = static_cast<Mistake>(random.below(6));
    const auto found = mutant(file->tokens, at, mistake, random);
    if (!found) continue;
    judge(shipped, *file, *found, tally);
    ++made;
  }
  return tally;
}

bool report(const Tally& tally, std::uint64_t seed) {
  Count all;
  fmt::print("seed {}\n  wrong by construction, by kind: reported on their own line\n", seed);
  for (const auto& [kind, count] : tally.invalid) {
    fmt::print("    {:<24} {:>4} of {}\n", kind, count.on_line, count.made);
    all.made += count.made;
    all.on_line += count.on_line;
  }
  for (const std::string& each : tally.missed) fmt::print("  elsewhere: {}\n", each);
  fmt::print("  accepted without a word ({}):\n", tally.accepted.size());
  for (const std::string& each : tally.accepted) fmt::print("    {}\n", each);
  const double rate = static_cast<double>(all.on_line) / static_cast<double>(all.made);
  fmt::print("  {} of {} wrong by construction on their own line: {:.2f} %\n", all.on_line,
             all.made, rate * 100);
  fmt::print("  {} that may be right: {} reported\n", tally.others, tally.others_reported);
  return rate >= kWanted;
}

}  // namespace

int main(int argc, char** argv) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGALRM}) std::signal(signal, dies);
  std::vector<std::uint64_t> seeds = {1, std::random_device{}()};
  std::size_t count = 2000;
  for (int at = 1; at + 1 < argc; at += 2) {
    const std::uint64_t number = std::strtoull(argv[at + 1], nullptr, 10);
    if (std::strcmp(argv[at], "--seed") == 0) seeds = {number};
    if (std::strcmp(argv[at], "--count") == 0) count = number;
  }
  const Shipped shipped(fs::path(TOCSIN_SOURCE_DIR) / "rules");
  const config::Loaded right = shipped.load();
  if (!right.config || !right.diagnostics.empty()) {
    fmt::print("the shipped configuration itself is not well:\n{}",
               config::render(right.diagnostics));
    return 1;
  }
  bool good = true;
  for (const std::uint64_t seed : seeds) good = report(run(shipped, seed, count), seed) && good;
  return good ? 0 : 1;
}
