#include "sources/files.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>

#include <cstring>
#include <utility>

#include "loop/clock.hpp"
#include "loop/worker_pool.hpp"
#include "sources/exposition.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

/// As long after its last change a file is taken for whole.
constexpr Duration kFileAtRest = std::chrono::minutes(1);

/// What glob() could not look into; it has no other way to tell.
thread_local std::string glob_trouble;

int note_glob_trouble(const char* path, int error) {
  if (glob_trouble.empty() && error != ENOENT && error != ENOTDIR) {
    glob_trouble = fmt::format("{}: {}", printable(valid_utf8(path)), std::strerror(error));
  }
  return 0;
}

WallTime modified_at(const struct stat& status) {
  return WallTime(
      std::chrono::duration_cast<Duration>(std::chrono::seconds(status.st_mtim.tv_sec) +
                                           std::chrono::nanoseconds(status.st_mtim.tv_nsec)));
}

void take_file(FilesLook& look, FileSeen file) {
  ++look.count;
  look.bytes += file.bytes;
  if (!look.newest || file.modified > look.newest->modified) {
    look.previous = std::move(look.newest);
    look.newest = std::move(file);
  } else if (!look.previous || file.modified > look.previous->modified) {
    look.previous = std::move(file);
  }
}

class FilesTarget final : public Source {
 public:
  FilesTarget(std::string name, const config::FilesSource& definition, Duration timeout,
              loop::WorkerPool& workers)
      : name_(std::move(name)), definition_(definition), timeout_(timeout), workers_(workers) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    under_way_ = std::make_shared<bool>(true);
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    const std::function<FilesLook()> look = [patterns = definition_.patterns] {
      return look_at_files(patterns);
    };
    workers_.submit<FilesLook>(
        name_, look, timeout_,
        [this, still = std::weak_ptr<bool>(under_way_), scrape, started = loop::now().boot,
         tell = std::move(done)](loop::JobEnd, std::optional<FilesLook> found) mutable {
          if (still.expired()) return;
          under_way_.reset();
          scrape.took = loop::now().boot - started;
          if (found) {
            fill(scrape, *found);
          } else {
            scrape.outcome = ScrapeOutcome::timed_out;
            scrape.detail =
                fmt::format("the file system of {} does not answer", definition_.patterns.front());
          }
          tell(std::move(scrape));
        });
  }
  void cancel() override { under_way_.reset(); }

 private:
  void fill(Scrape& scrape, FilesLook& look) {
    scrape.detail = look.trouble;
    if (look.count == 0 && look.trouble.empty()) {
      scrape.detail = fmt::format("no file matches {}", fmt::join(definition_.patterns, ", "));
    }
    // Of one that is written over, what it was before: whole, not what the writing had come to.
    const bool written_over =
        look.newest && last_ && last_->path == look.newest->path && *last_ != *look.newest;
    if (written_over && last_was_at_rest_) before_ = last_;
    if (look.newest) {
      last_ = look.newest;
      last_was_at_rest_ = loop::now().wall - last_->modified >= kFileAtRest;
    }
    if (!look.previous && before_ && look.newest && before_->path == look.newest->path) {
      look.previous = before_;
    }
    scrape.body = render(look);
  }

  [[nodiscard]] std::string render(const FilesLook& look) const {
    Exposition out;
    out.gauge("files_count", "How many files match; 0 where none does.")
        .add(static_cast<double>(look.count));
    out.gauge("files_bytes", "How long they are together.").add(static_cast<double>(look.bytes));
    if (!look.newest) return out.text();
    const FileSeen& newest = *look.newest;
    const Duration age = loop::now().wall - newest.modified;
    out.gauge("files_newest_info", "Which is the newest; always 1.")
        .add({{"path", printable(newest.path)}}, 1);
    out.gauge("files_newest_age_seconds", "How long ago the newest was written.")
        .add(in_seconds(age));
    out.gauge("files_newest_timestamp_seconds", "When the newest was written, in Unix seconds.")
        .add(in_seconds(newest.modified.time_since_epoch()));
    out.gauge("files_newest_bytes", "How long the newest is.")
        .add(static_cast<double>(newest.bytes));
    if (look.previous) {
      out.gauge("files_previous_bytes",
                "How long the newest but one is; of a file that is written over, how long it was.")
          .add(static_cast<double>(look.previous->bytes));
    }
    if (definition_.max_age) {
      out.gauge("files_overdue_seconds",
                "How much older the newest is than max_age; negative while it is not. Only with "
                "that key.")
          .add(in_seconds(age - *definition_.max_age));
    }
    if (definition_.min_size > 0) {
      out.gauge("files_missing_bytes",
                "How much shorter the newest is than min_size. Only with that key.")
          .add(static_cast<double>(definition_.min_size -
                                   std::min(definition_.min_size, newest.bytes)));
    }
    return out.text();
  }

  std::string name_;
  config::FilesSource definition_;
  Duration timeout_;
  loop::WorkerPool& workers_;
  std::shared_ptr<bool> under_way_;
  std::optional<FileSeen> last_;    ///< the newest, as it was last seen
  bool last_was_at_rest_ = false;   ///< nobody was writing to it then
  std::optional<FileSeen> before_;  ///< the same path, before it was last written over
};

}  // namespace

FilesLook look_at_files(const std::vector<std::string>& patterns) {
  FilesLook look;
  glob_trouble.clear();
  glob_t found{};
  int flags = GLOB_NOSORT;
  for (const std::string& pattern : patterns) {
    ::glob(pattern.c_str(), flags, note_glob_trouble, &found);
    flags |= GLOB_APPEND;
  }
  for (std::size_t at = 0; at < found.gl_pathc; ++at) {
    const char* const path = found.gl_pathv[at];
    struct stat status {};
    if (::stat(path, &status) != 0) {
      if (errno != ENOENT) note_glob_trouble(path, errno);
      continue;
    }
    if (!S_ISREG(status.st_mode)) continue;
    take_file(look, {path, modified_at(status), static_cast<std::uint64_t>(status.st_size)});
  }
  ::globfree(&found);
  look.trouble = glob_trouble;
  return look;
}

std::unique_ptr<Source> make_files_source(std::string name, const config::FilesSource& definition,
                                          Duration timeout, loop::WorkerPool& workers) {
  return std::make_unique<FilesTarget>(std::move(name), definition, timeout, workers);
}

}  // namespace tocsin::sources
