// Risk: what lies on disks and in /proc is read wrong: half a name, another's group, a limit that
// is none.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "loop/durable_file.hpp"
#include "sources/control_group.hpp"
#include "sources/files.hpp"
#include "sources/processes.hpp"
#include "support/temporary_folder.hpp"

using namespace tocsin;
using namespace tocsin::sources;
using testing::TemporaryFolder;

namespace {

std::string stat_line(const std::string& name, const std::string& state = "S") {
  return "42 (" + name + ") " + state +
         " 1 42 42 0 -1 4194560 100 0 0 0 250 150 0 0 20 0 3 0 5000 1000000 25 184467440737\n";
}

}  // namespace

TEST_CASE("files: the newest and the one before it, whatever their order") {
  const TemporaryFolder tree;
  const auto put = [&](const std::string& name, std::size_t bytes, int hours_ago) {
    tree.put(name, std::string(bytes, 'x'));
    std::filesystem::last_write_time(
        tree / "" + name,
        std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours_ago));
  };
  const auto look = [&] { return look_at_files({tree / "*.dump", tree / "x?"}); };
  CHECK(look().count == 0);
  CHECK(look().trouble == "");
  put("b.dump", 20, 2);
  put("a.dump", 10, 3);
  put("c.dump", 30, 1);
  put("x1", 5, 4);
  put("other", 99, 0);
  std::filesystem::create_directories(tree / "folder.dump");
  const FilesLook found = look();
  CHECK(found.count == 4);
  CHECK(found.bytes == 65);
  REQUIRE(found.newest);
  CHECK(found.newest->path == tree / "c.dump");
  CHECK(found.newest->bytes == 30);
  REQUIRE(found.previous);
  CHECK(found.previous->bytes == 20);
}

TEST_CASE("processes: a name may hold spaces and brackets; state, times and memory are behind it") {
  const TemporaryFolder tree;
  tree.put("stat", "cpu 1 2\nbtime 1700000000\n");
  tree.put("42/stat", stat_line("a (b) c"));
  tree.put("42/limits",
           "Limit                     Soft Limit           Hard Limit           Units\n"
           "Max open files            1024                 4096                 files\n");
  tree.put("42/fd/0", "");
  tree.put("42/fd/1", "");
  tree.put("43/stat", stat_line("other"));
  tree.put("44/stat", "half a li");
  config::ProcessSource wanted;
  wanted.procfs = tree.path();
  wanted.name = "a (b) c";
  const auto found = find_processes(wanted);
  REQUIRE(found);
  REQUIRE(found->processes.size() == 1);
  const ProcessSeen& one = found->processes[0];
  CHECK(one.pid == 42);
  CHECK(one.cpu_seconds == doctest::Approx(400.0 / static_cast<double>(::sysconf(_SC_CLK_TCK))));
  CHECK(one.threads == 3);
  CHECK(one.start_ticks == 5000);
  CHECK(one.resident_bytes == 25U * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  CHECK(one.open_files == 2);
  CHECK(one.open_files_most == 1024);
  CHECK(found->boot_time_seconds == 1700000000);
}

TEST_CASE("processes: by command line and by unit, and all that is asked must fit") {
  const TemporaryFolder tree;
  tree.put("42/stat", stat_line("python3"));
  tree.put("42/cmdline", std::string("python3\0manage.py\0runworker\0", 28));
  tree.put("42/cgroup", "0::/system.slice/shop.service\n");
  tree.put("43/stat", stat_line("python3", "Z"));
  tree.put("43/cgroup", "1:name=systemd:/system.slice/shop.service/worker\n");
  tree.put("44/stat", stat_line("python3"));
  tree.put("44/cgroup", "0::/system.slice/workshop.service\n");
  tree.put("45/stat", stat_line("python3"));
  tree.put("45/cgroup", "0::/system.slice/shop.service.d\n");
  const auto pids = [&](const std::string& command, const std::string& unit) {
    config::ProcessSource wanted;
    wanted.procfs = tree.path();
    wanted.command = command;
    wanted.unit = unit;
    std::vector<int> all;
    const auto found = find_processes(wanted);
    REQUIRE(found);
    for (const ProcessSeen& each : found->processes) all.push_back(each.pid);
    std::sort(all.begin(), all.end());
    return all;
  };
  CHECK(pids("", "shop.service") == std::vector<int>{42, 43});
  CHECK(pids("manage.py run", "") == std::vector<int>{42});
  CHECK(pids("worker$", "shop.service") == std::vector<int>{42});
  CHECK(pids("^worker", "").empty());
}

TEST_CASE("processes: without procfs there is no count of none") {
  config::ProcessSource wanted;
  wanted.procfs = "/no/such/proc";
  wanted.name = "x";
  const auto found = find_processes(wanted);
  REQUIRE_FALSE(found);
  CHECK(found.error().text == "/no/such/proc: No such file or directory");
}

TEST_CASE("control groups: version 2, without the cache that could be dropped") {
  const TemporaryFolder tree;
  tree.put("system.slice/a.service/memory.current", "1000\n");
  tree.put("system.slice/a.service/memory.stat", "anon 600\ninactive_file 300\nactive_file 100\n");
  tree.put("system.slice/a.service/cpu.stat", "usage_usec 2500000\nuser_usec 1\n");
  const UnitUse use = read_control_group(tree.path(), "/system.slice/a.service");
  CHECK(use.memory_bytes == 700);
  CHECK(use.cpu_seconds == doctest::Approx(2.5));
}

TEST_CASE("control groups: version 1, by its controllers") {
  const TemporaryFolder tree;
  tree.put("memory/system.slice/a.service/memory.usage_in_bytes", "1000\n");
  tree.put("memory/system.slice/a.service/memory.stat",
           "inactive_file 1\ntotal_inactive_file 400\n");
  tree.put("cpu,cpuacct/system.slice/a.service/cpuacct.usage", "3000000000\n");
  const UnitUse use = read_control_group(tree.path(), "/system.slice/a.service");
  CHECK(use.memory_bytes == 600);
  CHECK(use.cpu_seconds == doctest::Approx(3));
  const UnitUse none = read_control_group(tree.path(), "/system.slice/b.service");
  CHECK_FALSE(none.memory_bytes);
  CHECK_FALSE(none.cpu_seconds);
}

TEST_CASE("durable file: it is replaced whole, or stays") {
  const TemporaryFolder tree;
  const std::string path = tree / "state.json";
  REQUIRE(loop::write_durably(path, "first"));
  REQUIRE(loop::write_durably(path, "second"));
  std::ifstream in(path);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "second");
  CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::others_all) ==
        std::filesystem::perms::none);
  const auto nowhere = loop::write_durably(tree / "no/such/folder/x", "text");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().text == "open: No such file or directory");
}
