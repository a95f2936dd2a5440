// SQLite's view of the disk, on which the N-th call fails: once, or from then on until the disk is
// well again.
#pragma once

#include <cstdint>

namespace tocsin::test {

/// While one of these lives, every database that is opened goes through it. One at a time.
class FaultyFiles {
 public:
  enum class Lasts { once, on };

  FaultyFiles();
  FaultyFiles(const FaultyFiles&) = delete;
  FaultyFiles& operator=(const FaultyFiles&) = delete;
  ~FaultyFiles();

  /// The calls are counted from here; the `at`-th fails, counted from 1.
  void fail(std::int64_t at, Lasts lasts);
  /// The disk is well; false where the call that was to fail never came.
  bool mend();
};

}  // namespace tocsin::test
