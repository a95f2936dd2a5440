// Risk: a mount whose server is gone holds the loop, or costs the other mounts their figures.
#include "sources/mount_asker.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>

#include "loop/worker_pool.hpp"
#include "support/http_peer.hpp"

using namespace tocsin;
using namespace tocsin::sources;

namespace {

constexpr Duration kShortRound = milliseconds(200);
constexpr Duration kLongRound = seconds(10);

/// Mounts of which some hang until they are let go.
class Mounts {
 public:
  void hang(std::set<std::string> paths) {
    const std::lock_guard lock(mutex_);
    hanging_ = std::move(paths);
    changed_.notify_all();
  }
  Result<host::FilesystemSize> ask(const std::string& path) {
    std::unique_lock lock(mutex_);
    ++asked_[path];
    ++inside_;
    changed_.wait(lock, [&] { return !hanging_.contains(path); });
    --inside_;
    changed_.notify_all();
    if (path == "/broken") return fail(ErrorCode::unavailable, "Input/output error");
    return host::FilesystemSize{1, 2, 3, 4, 5, 6};
  }
  int asked(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return asked_[path];
  }
  int inside() {
    const std::lock_guard lock(mutex_);
    return inside_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> hanging_;
  std::map<std::string, int> asked_;
  int inside_ = 0;
};

struct MountWorld {
  std::shared_ptr<Mounts> mounts = std::make_shared<Mounts>();
  boost::asio::io_context io;
  loop::WorkerPool pool{io.get_executor(), {}};
  MountAsker asker{[m = mounts](const std::string& path) { return m->ask(path); }, pool};

  ~MountWorld() { mounts->hang({}); }

  MountAsker::Sizes round(std::vector<std::string> paths, Duration within = kLongRound) {
    std::optional<MountAsker::Sizes> got;
    asker.ask_all(std::move(paths), within,
                  [&](MountAsker::Sizes sizes) { got = std::move(sizes); });
    const bool answered = testing::run_until(io, [&] { return got.has_value(); });
    REQUIRE(answered);
    return *std::move(got);
  }
};

std::vector<std::string> numbered(const std::string& prefix, int how_many) {
  std::vector<std::string> paths;
  for (int i = 0; i < how_many; ++i) paths.push_back(prefix + std::to_string(i));
  return paths;
}

}  // namespace

TEST_CASE("mounts: each is asked, and tells its size or its error") {
  MountWorld world;
  const auto sizes = world.round({"/", "/a", "/broken"});
  REQUIRE(sizes.size() == 3);
  CHECK(sizes.at("/").value().files_free == 6);
  CHECK(sizes.at("/broken").error().text == "Input/output error");
  CHECK(world.round({}).empty());
}

TEST_CASE("mounts: one that hangs is told as such and costs the others nothing") {
  MountWorld world;
  world.mounts->hang({"/nfs"});
  const auto sizes = world.round({"/nfs", "/a", "/b", "/c"}, kShortRound);
  CHECK(sizes.at("/nfs").error().code == ErrorCode::timeout);
  CHECK(sizes.at("/a").has_value());
  CHECK(sizes.at("/b").has_value());
  CHECK(sizes.at("/c").has_value());
  CHECK(world.pool.abandoned() == 1);
}

TEST_CASE("mounts: one that still hangs is not asked again, and answers once it works again") {
  MountWorld world;
  world.mounts->hang({"/nfs"});
  static_cast<void>(world.round({"/nfs", "/a"}, kShortRound));
  const auto again = world.round({"/nfs", "/a"});  // were it asked, this would not end in time
  CHECK_FALSE(again.at("/nfs").has_value());
  CHECK(again.at("/a").has_value());
  CHECK(world.mounts->asked("/nfs") == 1);
  world.mounts->hang({});
  CHECK(testing::run_until(world.io, [&] {
    return world.round({"/nfs", "/a"}).at("/nfs").has_value();
  }));
}

TEST_CASE("mounts: a server that takes all its mounts with it leaves the threads to the others") {
  MountWorld world;
  std::vector<std::string> paths = numbered("/nfs", 30);
  world.mounts->hang({paths.begin(), paths.end()});
  paths.insert(paths.begin(), "/");
  for (int i = 0; i < 8; ++i) {
    const auto sizes = world.round(paths, kShortRound);
    CHECK(sizes.size() == paths.size());
    CHECK(sizes.at("/").has_value());
  }
  // Eight are known to hang, and two more may have been out when the eighth was.
  CHECK(world.mounts->inside() <= 10);
  CHECK(world.mounts->inside() >= 8);
}

TEST_CASE("mounts: a healthy one behind hanging ones is asked in a later round") {
  MountWorld world;
  std::vector<std::string> paths = numbered("/nfs", 6);
  world.mounts->hang({paths.begin(), paths.end()});
  paths.push_back("/well");
  int rounds = 0;
  while (!world.round(paths, kShortRound).at("/well").has_value() && rounds < 10) ++rounds;
  CHECK(rounds <= 2);
}

TEST_CASE("mounts: nothing is told after the end") {
  MountWorld world;
  world.mounts->hang({"/nfs"});
  bool told = false;
  {
    MountAsker asker([m = world.mounts](const std::string& path) { return m->ask(path); },
                     world.pool);
    asker.ask_all({"/nfs"}, kShortRound, [&](const MountAsker::Sizes&) { told = true; });
  }
  CHECK(testing::run_until(world.io, [&] { return world.pool.outstanding() == 0; }));
  CHECK_FALSE(told);
}
