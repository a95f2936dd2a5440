#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "commands/ask.hpp"
#include "tocsin/base/text.hpp"

extern char** environ;

namespace tocsin::commands {

namespace {

constexpr int kCannotRun = 127;  // as a shell tells it
constexpr int kSignalled = 128;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

/// Nothing where it was taken, or what to say and which exit status.
struct NotTaken {
  int status = well;
  std::string text;
};
NotTaken send_beat(const Common& common, const std::string& job, const std::string& word,
                   const std::string& last_words = "") {
  const auto answer =
      post_text(common, fmt::format("/beat/{}/{}", percent_encoded(job), word), last_words);
  if (!answer) return {not_reached, answer.error().text};
  const std::string text = text_of(answer->body, "text");
  if (answer->status != 200) return {fires_or_fails, text};
  return {well, flag_of(answer->body, "recorded") ? "" : text};
}

int told(const NotTaken& outcome) {
  if (!outcome.text.empty()) {
    fmt::print(stderr, "tocsin: {}\n", printable(valid_utf8(outcome.text)));
  }
  return outcome.status;
}

volatile sig_atomic_t child = 0;

void pass_on(int number) {
  if (child > 0) ::kill(child, number);
}

/// The end of what a command writes to standard error, which goes on to ours.
class ErrorOutput {
 public:
  ErrorOutput() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) return;
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    ::posix_spawn_file_actions_adddup2(&actions_, ends_[1], STDERR_FILENO);
  }
  ~ErrorOutput() {
    close_all();
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  ErrorOutput(const ErrorOutput&) = delete;
  ErrorOutput& operator=(const ErrorOutput&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  /// The command has its end of the pipe now.
  void started() { close_end(ends_[1]); }
  /// Until there is something to read, it is at its end, or a while has passed.
  void wait() const {
    pollfd readable{ends_[0], POLLIN, 0};
    ::poll(&readable, 1, kLook);
  }
  /// Passes on what is there.
  void drain() {
    std::array<char, 4096> buffer;
    while (ends_[0] >= 0) {
      const auto got = ::read(ends_[0], buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return;
      if (got == 0) return close_end(ends_[0]);
      const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
      static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
      tail_ += text;
      if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
    }
  }
  /// Whole lines, as far as they are short.
  [[nodiscard]] std::string last_words() const {
    const auto line_end = tail_.size() < kTail ? std::string::npos : tail_.find('\n');
    const bool cut = line_end != std::string::npos && line_end + 1 < tail_.size();
    return std::string(trim(std::string_view(tail_).substr(cut ? line_end + 1 : 0)));
  }

 private:
  static constexpr int kLook = 100;          ///< milliseconds
  static constexpr std::size_t kTail = 300;  ///< as much as the daemon keeps

  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  void close_all() {
    for (int& end : ends_) close_end(end);
  }

  std::array<int, 2> ends_{-1, -1};
  posix_spawn_file_actions_t actions_ = [] {
    posix_spawn_file_actions_t made;
    ::posix_spawn_file_actions_init(&made);
    return made;
  }();
  std::string tail_;
};

struct Ran {
  int code = 0;  ///< a signal that ended it counts from 128 on, as in a shell
  std::string last_words;
};

Ran run_command(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::signal(SIGCHLD, SIG_DFL);  // who ignores it, as some that start jobs do, cannot wait
  ErrorOutput output;
  pid_t started = 0;
  const int error =
      ::posix_spawnp(&started, words[0], output.actions(), nullptr, words.data(), environ);
  if (error != 0) {
    const std::string why =
        fmt::format("{}: {}", printable(valid_utf8(command.front())), std::strerror(error));
    fmt::print(stderr, "tocsin: {}\n", why);
    return {kCannotRun, why};
  }
  child = started;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::signal(number, pass_on);
  output.started();
  int status = 0;
  // What it leaves running may hold the pipe for ever: its own end counts.
  while (::waitpid(started, &status, WNOHANG) != started) {
    output.wait();
    output.drain();
  }
  output.drain();
  return {WIFSIGNALED(status) ? kSignalled + WTERMSIG(status) : WEXITSTATUS(status),
          output.last_words()};
}

}  // namespace

int beat(const Common& common, const JobBeat& what) {
  if (what.command.empty()) return told(send_beat(common, what.job, what.word));
  // The job is more than its report: it runs whether or not that can be told.
  told(send_beat(common, what.job, "start"));
  const Ran ran = run_command(what.command);
  told(send_beat(common, what.job, std::to_string(ran.code), ran.last_words));
  return ran.code;
}

}  // namespace tocsin::commands
