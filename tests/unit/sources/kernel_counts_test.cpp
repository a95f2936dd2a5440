// Risk: what is asked of the kernel in fewer or shorter calls leaves a part of the machine out.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "sources/host/kernel.hpp"
#include "sources/host/network.hpp"
#include "support/sample_table.hpp"
#include "support/temporary_folder.hpp"

using namespace tocsin;
using namespace tocsin::sources;

namespace {

std::map<std::string, std::string> samples_of(const Exposition& out) {
  return testing::read_samples(out.text()).samples;
}

class Listeners {
 public:
  Listeners() = default;
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;
  ~Listeners() {
    for (const int fd : open_) ::close(fd);
  }
  /// At ports of the kernel's choice.
  void add(int family, int how_many) {
    for (int i = 0; i < how_many; ++i) {
      const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (fd < 0) return;
      open_.push_back(fd);
      REQUIRE(::listen(fd, 1) == 0);
    }
  }

 private:
  std::vector<int> open_;
};

double listening() {
  Exposition out;
  REQUIRE(host::tcpstat(out).has_value());
  return std::stod(samples_of(out).at("node_tcp_connection_states{state=\"listen\",}"));
}

}  // namespace

// Others on this machine may begin and end to listen meanwhile, but hardly so many.
TEST_CASE("tcp: sockets of IPv4 and of IPv6 are counted, each once") {
  constexpr int kMany = 100;
  Listeners listeners;
  for (const int family : {AF_INET, AF_INET6}) {
    const double before = listening();
    listeners.add(family, kMany);
    const double more = listening() - before;
    CAPTURE(family);
    CHECK(more > 0.5 * kMany);
    CHECK(more < 1.5 * kMany);
  }
}

TEST_CASE("processes: states and threads stand behind a name that may hold anything") {
  const testing::TemporaryFolder folder;
  const std::string rest = " 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 ";
  folder.put("7/stat", "7 (sh) S" + rest + "3 0 1 0 0\n");
  folder.put("8/stat", "8 (a) R 1 2 (b) c) R" + rest + "4 0 1 0 0\n");
  folder.put("9/stat", "9 (\n) S" + rest + "5\n");
  folder.put("10/stat", "10 (short) Z 1 7 7\n");
  folder.put("11/stat", "");
  folder.put("12/status", "Name: gone\n");
  folder.put("self/stat", "7 (sh) S" + rest + "3 0 1 0 0\n");
  host::Options options;
  options.procfs = folder.path();
  Exposition out;
  REQUIRE(host::processes(host::Machine(options), out).has_value());
  const auto samples = samples_of(out);
  CHECK(samples.at("node_processes_pids{}") == "3");
  CHECK(samples.at("node_processes_threads{}") == "12");
  CHECK(samples.at("node_processes_state{state=\"S\",}") == "2");
  CHECK(samples.at("node_processes_state{state=\"R\",}") == "1");
  CHECK(samples.count("node_processes_state{state=\"Z\",}") == 0);
}
