// Risk: a label that forges log lines or drives the terminal; a stuck reader that stops the daemon.
#include "loop/log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

#include "loop/log_line.hpp"
#include "support/temporary_folder.hpp"

using namespace tocsin;
namespace log_ = tocsin::loop::log;
using log_::Level;
using log_::Style;

namespace {

const WallTime kAt = parse_rfc3339("2025-12-31T09:15:00Z").value();

const std::string kNoJournal;

/// The journal's end of its socket, in a folder of its own.
struct JournalEnd {
  testing::TemporaryFolder folder;
  std::string path = folder / "socket";
  int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  JournalEnd() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~JournalEnd() { ::close(socket); }
  [[nodiscard]] std::string next(int flags) const {
    std::array<char, 65536> buffer{};
    const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), flags);
    return got <= 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(got));
  }
};

struct Pipe {
  std::array<int, 2> ends{};
  Pipe() { REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  [[nodiscard]] std::string read_now() const {
    std::string out;
    std::array<char, 65536> buffer{};
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    for (;;) {
      const ssize_t got = ::read(ends[0], buffer.data(), buffer.size());
      if (got <= 0) return out;
      out.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
};

/// Says that this descriptor is the journal.
struct Stream {
  explicit Stream(int descriptor) {
    struct stat status {};
    REQUIRE(fstat(descriptor, &status) == 0);
    setenv("JOURNAL_STREAM", fmt::format("{}:{}", status.st_dev, status.st_ino).c_str(), 1);
  }
  ~Stream() { unsetenv("JOURNAL_STREAM"); }
};

}  // namespace

TEST_CASE("log: the journal gets text, priority and what the line is about") {
  const Pipe pipe;
  const Stream stream(pipe.ends[1]);
  const JournalEnd journal;
  log_::start_on(pipe.ends[1], Level::info, journal.path);
  const std::array fields = {log_::Field{"TOCSIN_INCIDENT", "3"},
                             log_::Field{"TOCSIN_RULE", "A\nPRIORITY=0"}};
  log_::write(Level::warning, "incident 3 opened\nPRIORITY=0", fields);
  log_::info("next");
  CHECK(journal.next(0) ==
        "MESSAGE=incident 3 opened\\nPRIORITY=0\nPRIORITY=4\nSYSLOG_IDENTIFIER=tocsin\n"
        "TOCSIN_INCIDENT=3\nTOCSIN_RULE=A\\nPRIORITY=0\n");
  CHECK(journal.next(0) == "MESSAGE=next\nPRIORITY=6\nSYSLOG_IDENTIFIER=tocsin\n");
  log_::stop();
  CHECK(pipe.read_now().empty());
}

TEST_CASE("log: an entry fits into a datagram, however long the text") {
  const std::string entry = log_::journal_entry(Level::info, std::string(1U << 20U, 'a'), {});
  CHECK(entry.size() < 20'000);
  CHECK(log_::text_of_entry(entry).starts_with("aaa"));
}

TEST_CASE("log: where the journal's socket is not, or goes away, its stream gets the lines") {
  const Pipe pipe;
  const Stream stream(pipe.ends[1]);
  SUBCASE("it is not") {
    log_::start_on(pipe.ends[1], Level::info, "/nonexistent/socket");
  }
  SUBCASE("it goes away") {
    const JournalEnd journal;
    log_::start_on(pipe.ends[1], Level::info, journal.path);
  }
  log_::error("here");
  log_::stop();
  CHECK(pipe.read_now() == "<3>here\n");
}

TEST_CASE("log: a journal that does not read costs lines, never the writer") {
  const Pipe pipe;
  const Stream stream(pipe.ends[1]);
  const std::uint64_t before = log_::dropped();
  const JournalEnd journal;
  log_::start_on(pipe.ends[1], Level::info, journal.path);
  for (int i = 0; i < 5000; ++i) log_::info("a line");
  CHECK(log_::dropped() - before > 1000);
  std::atomic<bool> stopped{false};
  std::thread reader([&] {
    while (!stopped) static_cast<void>(journal.next(MSG_DONTWAIT));
  });
  log_::stop();
  stopped = true;
  reader.join();
}

TEST_CASE("log: the journal's stream gets the priority, and stamps the time itself") {
  CHECK(log_::line(Style::journal, Level::debug, kAt, "a") == "<7>a\n");
  CHECK(log_::line(Style::journal, Level::info, kAt, "a") == "<6>a\n");
  CHECK(log_::line(Style::journal, Level::warning, kAt, "a") == "<4>a\n");
  CHECK(log_::line(Style::journal, Level::error, kAt, "a") == "<3>a\n");
}

TEST_CASE("log: a file gets the date, a terminal the time and colour") {
  CHECK(log_::line(Style::plain, Level::info, kAt, "up") == "2025-12-31T09:15:00Z info    up\n");
  CHECK(log_::line(Style::terminal, Level::warning, kAt, "up") == "09:15:00 UTC warning up\n");
  CHECK(log_::line(Style::color_terminal, Level::error, kAt, "up") ==
        "09:15:00 UTC \x1b[1;31merror  \x1b[0m up\n");
}

TEST_CASE("log: a text can neither begin a line of its own nor escape to the terminal") {
  CHECK(log_::line(Style::journal, Level::info, kAt, "host=a\n<0>panic\x1b[2J") ==
        "<6>host=a\\n<0>panic\\x1b[2J\n");
}

TEST_CASE("log: the journal is known by its stream, not by the variable alone") {
  const Pipe pipe;
  struct stat status {};
  REQUIRE(fstat(pipe.ends[1], &status) == 0);
  setenv("JOURNAL_STREAM", fmt::format("{}:{}", status.st_dev, status.st_ino).c_str(), 1);
  CHECK(log_::style_of(pipe.ends[1]) == Style::journal);
  setenv("JOURNAL_STREAM", fmt::format("{}:{}", status.st_dev, status.st_ino + 1).c_str(), 1);
  CHECK(log_::style_of(pipe.ends[1]) == Style::plain);
  unsetenv("JOURNAL_STREAM");
  CHECK(log_::style_of(pipe.ends[1]) == Style::plain);
}

TEST_CASE("log: lines are written by stop at the latest, in order, from the asked level up") {
  const Pipe pipe;
  log_::start_on(pipe.ends[1], Level::info, kNoJournal);
  log_::debug("hidden");
  log_::info("first");
  log_::error("second");
  log_::stop();
  const std::string text = pipe.read_now();
  CHECK(text.find("hidden") == std::string::npos);
  CHECK(text.find("info    first\n") < text.find("error   second\n"));
  CHECK(text.ends_with("error   second\n"));
}

TEST_CASE("log: a reader that is stuck costs lines, which are counted, never the writer") {
  const Pipe pipe;
  const std::uint64_t before = log_::dropped();
  log_::start_on(pipe.ends[1], Level::info, kNoJournal);
  const std::string long_line(1000, 'x');
  for (int i = 0; i < 5000; ++i) log_::info(long_line);
  CHECK(log_::dropped() - before > 2000);
  CHECK(log_::dropped() - before < 5000);
  std::atomic<bool> stopped{false};
  std::thread reader([&] {
    while (!stopped) static_cast<void>(pipe.read_now());
  });
  log_::stop();
  stopped = true;
  reader.join();
}
