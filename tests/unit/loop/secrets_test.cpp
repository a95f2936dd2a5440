// Risk: a secret that shows up in a log, or a wrong one that is used silently.
#include "loop/secrets.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "support/temporary_folder.hpp"

using namespace tocsin;
using config::Secret;
using loop::read_secret;
using testing::TemporaryFolder;

TEST_CASE("secrets: each kind of reference is read, one newline trimmed") {
  const TemporaryFolder folder;
  folder.put("pager", "k3y\n");
  folder.put("lines", "a\nb\n\n");
  setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  setenv("TOCSIN_TEST_SECRET", "from env", 1);
  CHECK(read_secret(Secret{"credential:pager"}).value() == "k3y");
  CHECK(read_secret(Secret{"file:" + folder / "lines"}).value() == "a\nb\n");
  CHECK(read_secret(Secret{"env:TOCSIN_TEST_SECRET"}).value() == "from env");
  CHECK(read_secret(Secret{"value:in:the:clear"}).value() == "in:the:clear");
  CHECK(read_secret(Secret{}).value().empty());
  unsetenv("CREDENTIALS_DIRECTORY");
  unsetenv("TOCSIN_TEST_SECRET");
}

TEST_CASE("secrets: what is missing is named by its reference") {
  unsetenv("CREDENTIALS_DIRECTORY");
  CHECK(read_secret(Secret{"credential:pager"}).error().text ==
        "credential:pager can only be read under systemd: $CREDENTIALS_DIRECTORY is not set");
  CHECK(read_secret(Secret{"file:/nowhere/x"}).error().text ==
        "cannot read the secret file:/nowhere/x: No such file or directory");
  CHECK(read_secret(Secret{"env:TOCSIN_NOT_SET"}).error().code == ErrorCode::not_found);
}

TEST_CASE("secrets: a credential's name does not lead out of its folder") {
  const TemporaryFolder folder;
  folder.put("outside", "x");
  std::filesystem::create_directory(folder / "in");
  setenv("CREDENTIALS_DIRECTORY", (folder / "in").c_str(), 1);
  CHECK(read_secret(Secret{"credential:../outside"}).error().code == ErrorCode::invalid);
  CHECK(read_secret(Secret{"credential:"}).error().code == ErrorCode::invalid);
  unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_CASE("secrets: an empty, an endless and an unreadable file are errors") {
  const TemporaryFolder folder;
  folder.put("empty", "\n");
  folder.put("long", std::string((1U << 20U) + 2, 'x'));
  CHECK(read_secret(Secret{"file:" + folder / "empty"}).error().code == ErrorCode::unavailable);
  CHECK(read_secret(Secret{"file:" + folder / "long"}).error().code == ErrorCode::exhausted);
  CHECK_FALSE(read_secret(Secret{"file:" + folder.path()}).has_value());
}

TEST_CASE("secrets: a secret that stands where a reference should is not repeated") {
  const Error error = read_secret(Secret{"hunter2"}).error();
  CHECK(error.code == ErrorCode::invalid);
  CHECK(error.text.find("hunter2") == std::string::npos);
}

TEST_CASE("secrets: what is no file is refused, and never waited for") {
  const TemporaryFolder folder;
  const std::string fifo = folder / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  for (const std::string& path : {fifo, folder.path(), std::string("/dev/zero")}) {
    const auto secret = read_secret(Secret{"file:" + path});
    REQUIRE_FALSE(secret.has_value());
    CHECK(secret.error().text == "cannot read the secret file:" + path + ": not a regular file");
    CHECK(secret.error().code == ErrorCode::invalid);
  }
}
