// Risk: a file that changes, goes or hangs is read wrongly, or holds who reads it.
#include "sources/host/tree.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <iterator>
#include <thread>

#include "sources/exposition.hpp"
#include "sources/host/hardware.hpp"
#include "support/temporary_folder.hpp"

using namespace tocsin;
using namespace tocsin::sources::host;
using testing::TemporaryFolder;
namespace fs = std::filesystem;

TEST_CASE("tree: reads whole files, numbers and names below its root") {
  const TemporaryFolder folder;
  folder.put("b", std::string(100'000, 'x'));
  folder.put("a", " 42 \n");
  const Tree tree(folder.path() + "/");
  CHECK(tree.read("b")->size() == 100'000);
  CHECK(tree.number("a") == 42);
  CHECK(tree.value("a") == "42");
  CHECK_FALSE(tree.number("b"));
  CHECK(*tree.list("") == std::vector<std::string>{"a", "b"});
  CHECK(tree.exists("a"));
  CHECK_FALSE(tree.exists("c"));
}

TEST_CASE("open folder: gives values of its own files; what is not there is nothing") {
  const TemporaryFolder folder;
  folder.put("a", " 42 \n");
  const Tree tree(fs::path(folder.path()).parent_path().string());
  const OpenFolder open(tree, fs::path(folder.path()).filename().string());
  CHECK(open.value("a") == "42");
  folder.put("a", "43\n");
  CHECK(open.value("a") == "43");
  CHECK_FALSE(open.value("b"));
  CHECK_FALSE(OpenFolder(tree, "none").value("a"));
}

TEST_CASE("tree: what is not there is not found, with its path") {
  const TemporaryFolder folder;
  const Tree tree(folder.path());
  const auto read = tree.read("none");
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == ErrorCode::not_found);
  CHECK(read.error().text == folder.path() + "/none: No such file or directory");
  CHECK(tree.list("none").error().code == ErrorCode::not_found);
  CHECK_FALSE(tree.value("none"));
  CHECK_FALSE(tree.resolved("none"));
}

TEST_CASE("tree: a pipe that nobody writes to holds nobody") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_FALSE(Tree(folder.path()).read("pipe").has_value());
}

TEST_CASE("tree: the root folder itself is no double slash") {
  CHECK(Tree("/").path("data") == "/data");
  CHECK(Tree("/").path("") == "/");
  CHECK(Tree("/proc/").path("stat") == "/proc/stat");
}

TEST_CASE("kept files: read anew from their start, shorter or longer than before") {
  const TemporaryFolder folder;
  const Tree tree(folder.path());
  KeptFiles kept(tree);
  CHECK_FALSE(kept.read("a").has_value());
  folder.put("a", std::string(5000, 'x'));
  CHECK(kept.read("a")->size() == 5000);
  folder.put("a", "short");
  CHECK(kept.read("a")->size() == 5000);
  kept.next_round();
  CHECK(*kept.read("a") == "short");
  kept.next_round();
  folder.put("a", "");
  CHECK(kept.read("a")->empty());
}

TEST_CASE("kept files: what is handed over whole may be longer than one page") {
  const TemporaryFolder folder;
  const Tree tree(folder.path());
  KeptFiles kept(tree);
  for (const std::size_t length : {10, 4096, 5000, 70000}) {
    CAPTURE(length);
    kept.next_round();
    folder.put("a", std::string(length, 'x'));
    CHECK(kept.read("a", Handing::whole)->size() == length);
  }
  kept.next_round();
  folder.put("a", " 7\n");
  CHECK(kept.value("a") == "7");
  CHECK_FALSE(kept.value("none").has_value());
}

// The files of a thread, as those of a device, answer with an error once it has gone.
TEST_CASE("kept files: what goes away is an error and no old content, what comes back is read") {
  const TemporaryFolder folder;
  const Tree tree(folder.path());
  KeptFiles kept(tree);
  std::promise<pid_t> number;
  std::promise<void> end;
  std::thread thread([&] {
    number.set_value(::gettid());
    end.get_future().wait();
  });
  const std::string task = "/proc/self/task/" + std::to_string(number.get_future().get());
  fs::create_symlink(task, folder / "device");
  CHECK(kept.read("device/stat").has_value());
  end.set_value();
  thread.join();
  while (fs::exists(task)) {
    std::this_thread::yield();
  }
  kept.next_round();
  CHECK_FALSE(kept.read("device/stat").has_value());
  fs::remove(folder / "device");
  folder.put("device/stat", "back");
  CHECK(kept.read("device/stat") == "back");
}

TEST_CASE("kept files: one descriptor for each that is there, however often it is read") {
  const TemporaryFolder folder;
  const Tree tree(folder.path());
  folder.put("a", "1");
  const auto descriptors = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = descriptors();
  {
    KeptFiles kept(tree);
    for (int round = 0; round < 100; ++round) {
      kept.next_round();
      CHECK(kept.read("a").has_value());
      CHECK_FALSE(kept.read("none" + std::to_string(round)).has_value());
    }
    CHECK(descriptors() == before + 1);
  }
  CHECK(descriptors() == before);
}

TEST_CASE(
    "host: a machine without a memory controller's driver lacks nothing; another fault is one") {
  const TemporaryFolder folder;
  Options options;
  options.sysfs = folder.path();
  const Machine machine(options);
  sources::Exposition out;
  CHECK(edac(machine, out).has_value());
  CHECK(out.text() == "");
  fs::create_directories(folder / "devices/system/edac");
  fs::create_symlink("mc", folder / "devices/system/edac/mc");
  CHECK_FALSE(edac(machine, out).has_value());
}
