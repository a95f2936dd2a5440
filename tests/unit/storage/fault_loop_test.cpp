// Every call that SQLite makes to the disk fails once in turn, and every one is the first of many:
// whatever fails, nothing that was reported as written is lost, and all of it is there once the
// disk is well.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "storage/storage.hpp"
#include "support/faulty_files.hpp"
#include "unit/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::storage_test;
using storage::Storage;
using test::FaultyFiles;

namespace {

constexpr std::uint64_t kSteps = 4;

std::vector<Record> records_of(std::uint64_t step) {
  return {engine(step), incident(step, std::string(3000, 'x')), alert("R" + std::to_string(step)),
          line(step, 1, "opened")};
}

std::size_t written_in(const storage::Loaded& loaded) {
  return loaded.records.incidents.size();
}

/// What was reported of the steps while the disk had its trouble.
struct Reported {
  std::set<std::uint64_t> written;
  std::size_t failed = 0;
};

Reported write_all(Fixture& test, Storage& storage) {
  Reported reported;
  for (std::uint64_t step = 1; step <= kSteps; ++step) {
    const Answer answer = test.commit(storage, step, records_of(step));
    if (answer.well) {
      reported.written.insert(step);
    } else {
      ++reported.failed;
    }
  }
  return reported;
}

bool has(const storage::Loaded& loaded, std::uint64_t id) {
  const auto& all = loaded.records.incidents;
  return std::any_of(all.begin(), all.end(),
                     [&](const Incident& one) { return one.id == IncidentId(id); });
}

/// The trouble begins at the start, or once it has loaded; then a crash, or time to write what is
/// left. False where the call that was to fail never came.
bool survives(std::int64_t at, FaultyFiles::Lasts lasts, bool from_the_start, bool crash) {
  Fixture test;
  FaultyFiles disk;
  Reported reported;
  bool came = false;
  {
    Storage storage(test.options(), test.loop.poster());
    if (from_the_start) disk.fail(at, lasts);
    static_cast<void>(test.load(storage));
    if (!from_the_start) disk.fail(at, lasts);
    reported = write_all(test, storage);
    if (crash) {
      // Storage as it is on the disk now, while the trouble lasts.
      fs::copy(test.options().folder, test.folder / "crashed", fs::copy_options::recursive);
    }
    came = disk.mend();
    const Answer last = test.commit(storage, kSteps + 1, records_of(kSteps + 1));
    CHECK_MESSAGE(last.well, last.text);
  }
  CAPTURE(at);
  CAPTURE(reported.failed);
  storage::Options options = test.options();
  if (crash) options.folder = test.folder / "crashed";
  Storage storage(options, test.loop.poster());
  const auto loaded = test.load(storage);
  for (const std::uint64_t step : reported.written) CHECK(has(loaded, step));
  if (!crash) CHECK(written_in(loaded) == kSteps + 1);
  CHECK(loaded.records.alerts.size() == written_in(loaded));
  return came;
}

void every_call(FaultyFiles::Lasts lasts, bool from_the_start, bool crash) {
  std::int64_t at = 1;
  while (survives(at, lasts, from_the_start, crash)) ++at;
  CHECK(at > 10);
}

}  // namespace

TEST_CASE("any call to the disk may fail once") {
  every_call(FaultyFiles::Lasts::once, false, false);
}

TEST_CASE("any call to the disk may fail once, from the start") {
  every_call(FaultyFiles::Lasts::once, true, false);
}

TEST_CASE("the disk may fail for long from any call on") {
  every_call(FaultyFiles::Lasts::on, false, false);
}

TEST_CASE("the disk may fail for long from any call on, from the start") {
  every_call(FaultyFiles::Lasts::on, true, false);
}

TEST_CASE("a crash while the disk fails loses nothing that was reported as written") {
  every_call(FaultyFiles::Lasts::once, false, true);
  every_call(FaultyFiles::Lasts::on, false, true);
}
