#include "support/faulty_files.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <limits>

namespace tocsin::test {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::atomic<std::int64_t> calls{0};
std::atomic<std::int64_t> first_bad{kNever};
std::atomic<std::int64_t> last_bad{kNever};
sqlite3_vfs* real_files = nullptr;

bool fails() {
  const std::int64_t call = ++calls;
  return call >= first_bad && call <= last_bad;
}

/// What SQLite takes for the file; the real one lies behind it.
struct FaultyFile {
  sqlite3_file base;
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<FaultyFile*>(file)->real();
}

const sqlite3_io_methods& methods(sqlite3_file* file) {
  return *real(file)->pMethods;
}

int close_file(sqlite3_file* file) {
  return methods(file).xClose(real(file));
}
int read_file(sqlite3_file* file, void* data, int size, sqlite3_int64 at) {
  return fails() ? SQLITE_IOERR_READ : methods(file).xRead(real(file), data, size, at);
}
int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  // What a full or failing disk leaves is half of it.
  if (fails()) {
    static_cast<void>(methods(file).xWrite(real(file), data, size / 2, at));
    return SQLITE_FULL;
  }
  return methods(file).xWrite(real(file), data, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return fails() ? SQLITE_IOERR_TRUNCATE : methods(file).xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  return fails() ? SQLITE_IOERR_FSYNC : methods(file).xSync(real(file), flags);
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return fails() ? SQLITE_IOERR_FSTAT : methods(file).xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return fails() ? SQLITE_IOERR_LOCK : methods(file).xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return methods(file).xUnlock(real(file), level);
}
int is_reserved(sqlite3_file* file, int* answer) {
  return methods(file).xCheckReservedLock(real(file), answer);
}
int control_file(sqlite3_file* file, int what, void* data) {
  return methods(file).xFileControl(real(file), what, data);
}
int sector_size(sqlite3_file* file) {
  return methods(file).xSectorSize(real(file));
}
int traits(sqlite3_file* file) {
  return methods(file).xDeviceCharacteristics(real(file));
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  return fails() ? SQLITE_IOERR_SHMMAP
                 : methods(file).xShmMap(real(file), region, size, extend, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return methods(file).xShmLock(real(file), offset, count, flags);
}
void order_shared(sqlite3_file* file) {
  methods(file).xShmBarrier(real(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
  return methods(file).xShmUnmap(real(file), remove);
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = traits,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = order_shared,
    .xShmUnmap = unmap_shared,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given) {
  file->pMethods = nullptr;
  if (fails()) return SQLITE_CANTOPEN;
  const int opened = real_files->xOpen(real_files, name, real(file), flags, given);
  if (real(file)->pMethods != nullptr) file->pMethods = &kMethods;
  return opened;
}
int delete_file(sqlite3_vfs*, const char* name, int sync) {
  return fails() ? SQLITE_IOERR_DELETE : real_files->xDelete(real_files, name, sync);
}
int access_file(sqlite3_vfs*, const char* name, int flags, int* answer) {
  return fails() ? SQLITE_IOERR_ACCESS : real_files->xAccess(real_files, name, flags, answer);
}

sqlite3_vfs faulty_files() {
  sqlite3_vfs made = *real_files;
  made.zName = "faulty";
  made.szOsFile = real_files->szOsFile + static_cast<int>(sizeof(FaultyFile));
  made.pNext = nullptr;
  made.xOpen = open_file;
  made.xDelete = delete_file;
  made.xAccess = access_file;
  return made;
}

sqlite3_vfs registered{};

}  // namespace

FaultyFiles::FaultyFiles() {
  real_files = sqlite3_vfs_find(nullptr);
  registered = faulty_files();
  sqlite3_vfs_register(&registered, 1);
}

FaultyFiles::~FaultyFiles() {
  mend();
  sqlite3_vfs_register(real_files, 1);
  sqlite3_vfs_unregister(&registered);
}

void FaultyFiles::fail(std::int64_t at, Lasts lasts) {
  calls = 0;
  last_bad = lasts == Lasts::once ? at : kNever;
  first_bad = at;
}

bool FaultyFiles::mend() {
  const bool came = calls >= first_bad;
  first_bad = kNever;
  return came;
}

}  // namespace tocsin::test
