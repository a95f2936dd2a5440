// What storage does when the disk, the file or a crash takes something away.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "storage/database.hpp"
#include "storage/storage.hpp"
#include "unit/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::storage_test;
using storage::Database;
using storage::Storage;

namespace {

void seed(Fixture& test) {
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  test.write(storage, 1, {engine(1), alert("R"), incident(1, "production"), line(1, 1, "opened")});
}

/// Changes the file behind storage's back.
void execute(const std::string& path, const std::string& sql) {
  auto database = Database::open(path, Database::Access::read_write);
  REQUIRE(database.has_value());
  const auto done = database->execute(sql.c_str());
  REQUIRE_MESSAGE(done.has_value(), done.error().text);
}

bool any_contains(const std::vector<std::string>& texts, std::string_view part) {
  for (const std::string& text : texts) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}

std::size_t files_like(const std::string& folder, const std::string& part) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().find(part) != std::string::npos) ++count;
  }
  return count;
}

/// Blocks until a file of that name appears in the folder; false after a minute.
bool appears(const std::string& folder, const std::string& name) {
  const int watch = ::inotify_init1(IN_CLOEXEC);
  REQUIRE(watch >= 0);
  REQUIRE(::inotify_add_watch(watch, folder.c_str(), IN_CREATE) >= 0);
  bool there = fs::exists(folder + "/" + name);
  pollfd waits{watch, POLLIN, 0};
  while (!there && ::poll(&waits, 1, 60'000) > 0) {
    char events[4096];
    if (::read(watch, events, sizeof events) <= 0) break;
    there = fs::exists(folder + "/" + name);
  }
  ::close(watch);
  return there;
}

/// Storage that is full for as long as this lives: a small tmpfs where mounting is allowed,
/// otherwise a limit on the size of files.
class FullDisk {
 public:
  explicit FullDisk(const std::string& folder) : folder_(folder) {
    fs::create_directories(folder);
    mounted_ = ::mount("none", folder.c_str(), "tmpfs", 0, "size=512k") == 0;
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    empty();
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  void fill() {
    if (mounted_) {
      std::ofstream ballast(folder_ + "/ballast");
      const std::string block(4096, 'x');
      while (ballast << block << std::flush) {
      }
      return;
    }
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{1, before_.rlim_max};
    limited_ = ::setrlimit(RLIMIT_FSIZE, &none) == 0;
  }
  void empty() {
    std::error_code ignored;
    fs::remove(folder_ + "/ballast", ignored);
    if (limited_) ::setrlimit(RLIMIT_FSIZE, &before_);
    limited_ = false;
  }

 private:
  std::string folder_;
  bool mounted_ = false;
  bool limited_ = false;
  rlimit before_{};
};

}  // namespace

TEST_CASE("a crash loses nothing that was reported as written") {
  Fixture test;
  Fixture after;
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  test.write(storage, 1, {engine(1), incident(1, "one")});
  test.write(storage, 2, {engine(2), incident(1, "two"), line(1, 1, "opened")});
  // The files as a crash leaves them: nothing was closed, nothing checkpointed.
  fs::create_directories(after.options().folder);
  for (const auto* name : {"tocsin.db", "tocsin.db-wal"}) {
    fs::copy_file(test.folder / (std::string("state/") + name),
                  after.folder / (std::string("state/") + name));
  }
  Storage reborn(after.options(), after.loop.poster());
  const auto loaded = after.load(reborn);
  CHECK(loaded.warnings.empty());
  REQUIRE(loaded.records.incidents.size() == 1);
  CHECK(loaded.records.incidents[0].policy == "two");
  CHECK(after.timeline(reborn, 1).size() == 1);
}

TEST_CASE("a step is there whole or not at all") {
  Fixture test;
  Fixture after;
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  test.write(storage, 1, {engine(1), incident(1, "one")});
  const auto before = fs::file_size(test.database() + "-wal");
  test.write(storage, 2, {engine(2), incident(1, "two"), incident(2, std::string(20'000, 'x'))});
  const auto end = fs::file_size(test.database() + "-wal");
  REQUIRE(end > before);
  for (auto cut = before; cut < end; cut += 1000) {
    fs::remove_all(after.options().folder);
    fs::create_directories(after.options().folder);
    fs::copy_file(test.database(), after.database());
    fs::copy_file(test.database() + "-wal", after.database() + "-wal");
    fs::resize_file(after.database() + "-wal", cut);
    Storage reborn(after.options(), after.loop.poster());
    const auto loaded = after.load(reborn);
    REQUIRE(loaded.records.incidents.size() == 1);
    CHECK(loaded.records.incidents[0].policy == "one");
    CHECK(loaded.records.engine.step == StepNumber(1));
  }
}

TEST_CASE("a folder that cannot be made fails steps, which are written when it can") {
  Fixture test;
  { std::ofstream in_the_way(test.options().folder); }
  {
    Storage storage(test.options(), test.loop.poster());
    const auto loaded = test.load(storage);
    CHECK(any_contains(loaded.warnings, "cannot be written now"));
    CHECK(loaded.records.may_lack_tail);
    Answer first;
    storage.commit(StepNumber(1), {engine(1), incident(1, "one"), line(1, 1, "first")},
                   [&first](bool well, std::string text) {
                     ++first.calls;
                     first.well = well;
                     first.text = std::move(text);
                   });
    REQUIRE(test.loop.until([&] { return first.calls == 1; }));
    CHECK_FALSE(first.well);
    CHECK(first.text.find("state folder") != std::string::npos);
    CHECK(fs::exists(test.mark()));
    CHECK(test.timeline(storage, 1).size() == 1);
    CHECK_FALSE(test.commit(storage, 2, {incident(1, "between")}).well);
    CHECK(first.calls == 1);  // each step is told its failure once

    fs::remove(test.options().folder);
    test.write(storage, 3, {engine(3), incident(1, "two"), line(1, 2, "second")});
    CHECK(first.calls == 2);  // reported again, as written
    CHECK(first.well);
    CHECK_FALSE(fs::exists(test.mark()));
  }
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  REQUIRE(loaded.records.incidents.size() == 1);
  CHECK(loaded.records.incidents[0].policy == "two");
  CHECK(test.timeline(storage, 1).size() == 2);
  CHECK_FALSE(loaded.records.may_lack_tail);
}

TEST_CASE("what could not be written is tried again without a new step") {
  Fixture test;
  { std::ofstream in_the_way(test.options().folder); }
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  int failed = 0;
  int written = 0;
  storage.commit(StepNumber(1), {engine(1)},
                 [&](bool well, const std::string&) { ++(well ? written : failed); });
  REQUIRE(test.loop.until([&] { return failed == 1; }));
  fs::remove(test.options().folder);
  CHECK(test.loop.until([&] { return written == 1; }));
  CHECK(failed == 1);
}

TEST_CASE("a full disk fails steps, which are written when there is room") {
  Fixture test;
  FullDisk disk(test.options().folder);
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    test.write(storage, 1, {engine(1), incident(1, "one")});
    disk.fill();
    const Answer failed =
        test.commit(storage, 2, {engine(2), incident(1, std::string(300'000, 'x'))});
    CHECK_FALSE(failed.well);
    CHECK_FALSE(failed.text.empty());
    CHECK(fs::exists(test.mark()));
    const auto past = test.past(storage, {});
    REQUIRE(past);
    CHECK(past->stories.size() == 1);
    CHECK(past->unwritten);
    disk.empty();
    test.write(storage, 3, {engine(3), incident(2, "three")});
    CHECK_FALSE(fs::exists(test.mark()));
  }
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  CHECK(loaded.warnings.empty());
  REQUIRE(loaded.records.incidents.size() == 2);
  CHECK(loaded.records.incidents[0].policy.size() == 300'000);
}

TEST_CASE("a database that does not answer has not answered that there was nothing") {
  Fixture test;
  SUBCASE("its folder cannot be made") {
    std::ofstream in_the_way(test.options().folder);
  }
  SUBCASE("a table of it is gone") {
    seed(test);
  }
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  if (fs::is_directory(test.options().folder)) execute(test.database(), "DROP TABLE timeline");
  const auto past = test.past(storage, {});
  REQUIRE_FALSE(past);
  CHECK_FALSE(past.error().text.empty());
  std::optional<storage::Story> story;
  storage.timeline(IncidentId(1), [&](storage::Story given) { story = std::move(given); });
  REQUIRE(test.loop.until([&] { return story.has_value(); }));
  CHECK(story->lines.empty());
  CHECK_FALSE(story->lacking.empty());
}

TEST_CASE("questions that storage has no time for are refused, not answered with nothing") {
  Fixture test;
  seed(test);
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  fs::create_directories(test.options().run_folder);
  int answered = 0;
  std::optional<Result<storage::Past>> past;
  {
    // Somebody else's transaction holds the storage thread.
    auto other = Database::open(test.database(), Database::Access::read_write);
    REQUIRE(other.has_value());
    REQUIRE(other->execute("BEGIN IMMEDIATE").has_value());
    storage.commit(StepNumber(2), {engine(2)}, [](bool, const std::string&) {});
    REQUIRE(appears(test.options().run_folder, "storage-degraded"));
    for (std::size_t i = 0; i < Storage::kMostQueries; ++i)
      storage.timeline(IncidentId(1), [&](const storage::Story& story) {
        answered += story.lacking.empty() ? 1 : 0;
      });
    storage.past({}, [&](Result<storage::Past> given) { past = std::move(given); });
    REQUIRE(test.loop.until([&] { return past.has_value(); }));
  }
  REQUIRE_FALSE(*past);
  CHECK(past->error().code == ErrorCode::exhausted);
  CHECK(test.loop.until([&] { return answered == static_cast<int>(Storage::kMostQueries); }));
}

TEST_CASE("a disk that takes long leaves the mark before notices leave unrecorded") {
  Fixture test;
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  test.write(storage, 1, {engine(1)});
  fs::create_directories(test.options().run_folder);
  Answer answer;
  {
    // Somebody else's transaction stands for the disk.
    auto other = Database::open(test.database(), Database::Access::read_write);
    REQUIRE(other.has_value());
    REQUIRE(other->execute("BEGIN IMMEDIATE").has_value());
    storage.commit(StepNumber(2), {engine(2)}, [&answer](bool well, const std::string&) {
      ++answer.calls;
      answer.well = well;
    });
    CHECK(appears(test.options().run_folder, "storage-degraded"));
    CHECK(answer.calls == 0);
  }
  REQUIRE(test.loop.until([&] { return answer.calls > 0; }));
  CHECK(answer.well);
  CHECK_FALSE(fs::exists(test.mark()));
}

TEST_CASE("a mark that was left means that the tail may be lacking, until a step is durable") {
  Fixture test;
  seed(test);
  fs::create_directories(test.options().run_folder);
  { std::ofstream mark(test.mark()); }
  for (int i = 0; i < 2; ++i) {
    Storage storage(test.options(), test.loop.poster());
    CHECK(test.load(storage).records.may_lack_tail);
    CHECK(fs::exists(test.mark()));
  }
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    test.write(storage, 2, {engine(2)});
  }
  Storage storage(test.options(), test.loop.poster());
  CHECK_FALSE(test.load(storage).records.may_lack_tail);
}

TEST_CASE("a file that is no database is set aside, and a new one begins") {
  Fixture test;
  fs::create_directories(test.options().folder);
  { std::ofstream(test.database()) << std::string(10'000, 'x'); }
  {
    Storage storage(test.options(), test.loop.poster());
    const auto loaded = test.load(storage);
    REQUIRE(loaded.warnings.size() == 1);
    CHECK(loaded.warnings[0].find("corrupt") != std::string::npos);
    CHECK(loaded.records.may_lack_tail);
    test.write(storage, 1, {engine(1), incident(1)});
  }
  CHECK(files_like(test.options().folder, "tocsin.db.corrupt-") == 1);
  Storage storage(test.options(), test.loop.poster());
  CHECK(test.load(storage).records.incidents.size() == 1);
}

TEST_CASE("of a corrupt database what can be read is kept") {
  Fixture test;
  seed(test);
  {
    // Big enough for pages of its own, so that there is something to destroy.
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    std::vector<Record> lines;
    for (std::uint32_t i = 2; i < 500; ++i) lines.push_back(line(1, i, std::string(500, 'x')));
    test.write(storage, 2, std::move(lines));
  }
  {
    std::fstream file(test.database(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(test.database()) - 3 * 4096));
    file << std::string(2 * 4096, '\x55');
  }
  {
    Storage storage(test.options(), test.loop.poster());
    const auto loaded = test.load(storage);
    CHECK(any_contains(loaded.warnings, "is corrupt"));
    CHECK_FALSE(any_contains(loaded.warnings, "cannot be written"));
    CHECK(loaded.records.may_lack_tail);
    REQUIRE(loaded.records.incidents.size() == 1);
    CHECK(loaded.records.incidents[0].policy == "production");
    CHECK(loaded.records.engine.next_id == 100);
  }
  CHECK(files_like(test.options().folder, "tocsin.db.corrupt-") >= 1);
  // It was written into the new one: a crash right away loses nothing.
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  CHECK(loaded.warnings.empty());
  CHECK(loaded.records.incidents.size() == 1);
  CHECK(loaded.records.alerts.size() == 1);
}

TEST_CASE("a newer schema is refused, and nothing is touched") {
  Fixture test;
  seed(test);
  execute(test.database(), "PRAGMA user_version = 2");
  {
    Storage storage(test.options(), test.loop.poster());
    const auto loaded = storage.load();
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error().text.find("newer tocsin") != std::string::npos);
    CHECK_FALSE(test.commit(storage, 2, {incident(1, "overwritten")}).well);
  }
  execute(test.database(), "PRAGMA user_version = 1");
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  REQUIRE(loaded.records.incidents.size() == 1);
  CHECK(loaded.records.incidents[0].policy == "production");
}

TEST_CASE("a record that cannot be read is set aside alone, and named") {
  Fixture test;
  seed(test);
  execute(test.database(),
          "INSERT INTO incident(id, step, body) VALUES (17, 1, '{\"level\":\"high\"}');"
          "INSERT INTO alert(identity, step, body) VALUES ('k', 1, 'not json');");
  {
    Storage storage(test.options(), test.loop.poster());
    const auto loaded = test.load(storage);
    CHECK(loaded.warnings.size() == 2);
    CHECK(any_contains(loaded.warnings, "incident 17 cannot be read (field \"level\""));
    CHECK(any_contains(loaded.warnings, "alert k cannot be read (no JSON"));
    CHECK(loaded.records.incidents.size() == 1);
    CHECK(loaded.records.alerts.size() == 1);
  }
  {
    Storage storage(test.options(), test.loop.poster());
    CHECK(test.load(storage).warnings.empty());
  }
  auto database = Database::open(test.database(), Database::Access::read_only);
  REQUIRE(database.has_value());
  CHECK(database->number("SELECT count(*) FROM unreadable") == 2);
}

TEST_CASE("the counters themselves can be unreadable") {
  Fixture test;
  seed(test);
  execute(test.database(), "UPDATE engine SET body = '{'");
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  CHECK(loaded.warnings.size() == 1);
  CHECK(loaded.records.may_lack_tail);
  CHECK(loaded.records.engine.next_id == 2);
  CHECK(loaded.records.engine.step == StepNumber(1));
  CHECK(loaded.records.incidents.size() == 1);
}

TEST_CASE("a folder belongs to one daemon") {
  Fixture test;
  Storage first(test.options(), test.loop.poster());
  test.load(first);
  Storage second(test.options(), test.loop.poster());
  const auto loaded = second.load();
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error().code == ErrorCode::denied);
}

TEST_CASE("a folder that turns read-only still gives what it holds") {
  Fixture test;
  seed(test);
  const std::string folder = test.options().folder;
  const bool mounted = ::mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) == 0;
  if (mounted) {
    REQUIRE(::mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) ==
            0);
  } else if (::geteuid() != 0) {
    fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  } else {
    MESSAGE("skipped: neither may this user mount, nor do permissions bind it");
    return;
  }
  {
    Storage storage(test.options(), test.loop.poster());
    const auto loaded = test.load(storage);
    CHECK(any_contains(loaded.warnings, "cannot be written now"));
    REQUIRE(loaded.records.incidents.size() == 1);
    CHECK(loaded.records.incidents[0].policy == "production");
    CHECK_FALSE(test.commit(storage, 2, {engine(2), incident(1, "later")}).well);
    if (mounted) {
      ::umount2(folder.c_str(), MNT_DETACH);
    } else {
      fs::permissions(folder, fs::perms::owner_all);
    }
    test.write(storage, 3, {engine(3)});
  }
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  REQUIRE(loaded.records.incidents.size() == 1);
  CHECK(loaded.records.incidents[0].policy == "later");
}
