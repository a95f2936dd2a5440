// A state folder of the test's own, and a loop that runs what storage posts.
#pragma once

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "storage/storage.hpp"
#include "support/temporary_folder.hpp"
#include "unit/storage/records.hpp"

namespace tocsin::storage_test {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

/// Stands for the daemon's loop: what is posted runs in `until`, on the test's own thread.
class TestLoop {
 public:
  std::function<void(std::function<void()>)> poster() {
    return [this](std::function<void()> what) {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(what));
      arrived_.notify_all();
    };
  }
  /// Runs what is posted until `met`; false where that takes unreasonably long.
  bool until(const std::function<bool()>& met) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    std::unique_lock lock(mutex_);
    while (!met()) {
      if (!arrived_.wait_until(lock, deadline, [this] { return !posted_.empty(); })) return false;
      auto next = std::move(posted_.front());
      posted_.pop_front();
      lock.unlock();
      next();
      lock.lock();
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> posted_;
};

struct Answer {
  int calls = 0;
  bool well = false;
  std::string text;
};

struct Fixture {
  TemporaryFolder folder;
  TestLoop loop;

  [[nodiscard]] storage::Options options(const std::string& boot = "boot-1") const {
    storage::Options made;
    made.folder = folder / "state";
    made.run_folder = folder / "run";
    made.boot_id = boot;
    return made;
  }
  [[nodiscard]] std::string database() const { return folder / "state/tocsin.db"; }
  [[nodiscard]] std::string mark() const { return folder / "run/storage-degraded"; }

  /// Commits and waits for the answer.
  Answer commit(storage::Storage& storage, std::uint64_t step, std::vector<Record> records) {
    // Shared, because a step that failed is reported again later.
    const auto answer = std::make_shared<Answer>();
    storage.commit(StepNumber(step), std::move(records), [answer](bool well, std::string text) {
      ++answer->calls;
      answer->well = well;
      answer->text = std::move(text);
    });
    REQUIRE(loop.until([&] { return answer->calls > 0; }));
    return *answer;
  }
  /// As `commit`, for what must succeed.
  void write(storage::Storage& storage, std::uint64_t step, std::vector<Record> records) {
    const Answer answer = commit(storage, step, std::move(records));
    REQUIRE_MESSAGE(answer.well, answer.text);
  }
  std::vector<TimelineEntry> timeline(storage::Storage& storage, std::uint64_t incident) {
    bool answered = false;
    std::vector<TimelineEntry> story;
    storage.timeline(IncidentId(incident), [&](storage::Story given) {
      story = std::move(given.lines);
      answered = true;
    });
    REQUIRE(loop.until([&] { return answered; }));
    return story;
  }
  Result<storage::Past> past(storage::Storage& storage, WallTime since) {
    std::optional<Result<storage::Past>> answer;
    storage.past(since, [&](Result<storage::Past> given) { answer = std::move(given); });
    REQUIRE(loop.until([&] { return answer.has_value(); }));
    return *std::move(answer);
  }
  storage::Loaded load(storage::Storage& storage) {
    auto loaded = storage.load();
    REQUIRE_MESSAGE(loaded.has_value(), loaded.error().text);
    return std::move(*loaded);
  }
};

}  // namespace tocsin::storage_test
