// Risk: tocsin's figures of itself are silently wrong on a kernel that hands them over otherwise.
#include "app/process_files.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "support/temporary_folder.hpp"

using namespace tocsin::app;
using tocsin::testing::TemporaryFolder;

namespace {

/// By asking for each number that may be one.
double descriptors_in_truth() {
  double count = 0;
  for (int fd = 0; fd < 4096; ++fd) count += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;  // NOLINT(*-vararg)
  return count;
}

}  // namespace

TEST_CASE("process files: a file of any length is read whole, or as far as is wanted") {
  const TemporaryFolder folder;
  for (const std::size_t bytes : {0U, 1U, 4095U, 4096U, 4097U, 8192U, 100'000U}) {
    CAPTURE(bytes);
    std::string content(bytes, 'x');
    if (bytes > 0) content.back() = 'y';
    folder.put("file", content);
    const std::string path = folder.path() + "/file";
    CHECK(read_record(path.c_str(), 1U << 20U) == content);
    CHECK(read_record(path.c_str(), 4096) == content.substr(0, 4096));
  }
  CHECK(read_record((folder.path() + "/none").c_str(), 4096).empty());
  CHECK(read_record(folder.path().c_str(), 4096).empty());
}

TEST_CASE("process files: records of procfs are read to their end") {
  const std::string self = read_record("/proc/self/stat", 4096);
  CHECK(self.starts_with(std::to_string(::getpid()) + " ("));
  CHECK(self.ends_with("\n"));
  const std::string machine = read_record("/proc/stat", 16U << 20U);
  CHECK(machine.find("\nbtime ") != std::string::npos);
  CHECK(machine.find("\nsoftirq ") != std::string::npos);
}

TEST_CASE("process files: descriptors are counted alike by the folder's size and by its entries") {
  CHECK(listed_descriptors() == descriptors_in_truth());
  CHECK(open_descriptors() == descriptors_in_truth());
  const double before = open_descriptors();
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  CHECK(listed_descriptors() == before + 2);
  CHECK(open_descriptors() == before + 2);
  for (const int end : ends) ::close(end);
  CHECK(listed_descriptors() == before);
}
