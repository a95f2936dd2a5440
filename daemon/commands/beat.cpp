#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

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
NotTaken send_beat(const Common& common, const std::string& job, const std::string& word) {
  const auto answer = post(common, fmt::format("/beat/{}/{}", percent_encoded(job), word), {});
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

/// Its exit code; a signal that ends it counts from 128 on, as in a shell.
int run_command(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t started = 0;
  const int error = ::posix_spawnp(&started, words[0], nullptr, nullptr, words.data(), environ);
  if (error != 0) {
    fmt::print(stderr, "tocsin: {}: {}\n", printable(command.front()), std::strerror(error));
    return kCannotRun;
  }
  child = started;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::signal(number, pass_on);
  int status = 0;
  while (::waitpid(started, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? kSignalled + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

int beat(const Common& common, const JobBeat& what) {
  if (what.command.empty()) return told(send_beat(common, what.job, what.word));
  // The job is more than its report: it runs whether or not that can be told.
  told(send_beat(common, what.job, "start"));
  const int code = run_command(what.command);
  told(send_beat(common, what.job, std::to_string(code)));
  return code;
}

}  // namespace tocsin::commands
