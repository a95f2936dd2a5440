#include "sources/jobs.hpp"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "loop/clock.hpp"
#include "loop/durable_file.hpp"
#include "loop/file.hpp"
#include "loop/log.hpp"
#include "loop/worker_pool.hpp"
#include "tocsin/base/check.hpp"

namespace tocsin::sources {

namespace {

constexpr std::size_t kJobsFileMost = 16U << 20U;
constexpr Duration kJobRecordWithin = seconds(2);
constexpr std::string_view kJobsKey = "jobs";

class JobTarget final : public Source {
 public:
  JobTarget(std::string name, config::JobSource definition, Jobs& jobs)
      : name_(std::move(name)), definition_(std::move(definition)), jobs_(jobs) {
    jobs_.add(name_, definition_, this);
  }
  ~JobTarget() override { jobs_.remove(name_, this); }
  JobTarget(const JobTarget&) = delete;
  JobTarget& operator=(const JobTarget&) = delete;

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    const Now now = loop::now();
    const JobState& state = jobs_.state(name_);
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    scrape.detail = job_trouble(state, definition_, now);
    scrape.body = render_job(state, definition_, now);
    done(std::move(scrape));
  }
  void cancel() override {}

 private:
  std::string name_;
  config::JobSource definition_;
  Jobs& jobs_;
};

}  // namespace

struct Jobs::Impl : std::enable_shared_from_this<Jobs::Impl> {
  using Told = std::shared_ptr<std::function<void(bool)>>;

  boost::asio::any_io_executor loop;
  loop::WorkerPool& workers;
  std::string file;
  std::string boot_id;
  struct Known {
    config::JobSource job;
    const void* target;
  };
  std::map<std::string, Known> known;
  JobStates states;
  bool writing = false;
  std::vector<Told> next;  ///< whose beat the write after this one will hold
  bool trouble_told = false;

  Impl(boost::asio::any_io_executor executor, loop::WorkerPool& pool, std::string path,
       std::string boot)
      : loop(std::move(executor)), workers(pool), file(std::move(path)), boot_id(std::move(boot)) {}

  void read() {
    const auto content = loop::read_file_promptly(file, kJobsFileMost);
    if (!content) {
      if (content.error().code != ErrorCode::not_found)
        loop::log::warning(fmt::format("jobs: {} cannot be read: {}; every job counts as new", file,
                                       content.error().text));
      return;
    }
    auto found = read_jobs(content->text, boot_id, loop::now());
    if (!found) {
      loop::log::warning(fmt::format("jobs: {} is damaged: {}; every job counts as new", file,
                                     found.error().text));
      return;
    }
    states = *std::move(found);
  }

  /// One who waits is told by the write or by the clock, whichever is first.
  void await(std::function<void(bool)> done) {
    auto told = std::make_shared<std::function<void(bool)>>(std::move(done));
    auto timer = std::make_shared<boost::asio::steady_timer>(loop, kJobRecordWithin);
    timer->async_wait([told, timer, weak = weak_from_this()](boost::system::error_code) {
      if (!weak.expired()) tell(told, false);
    });
    next.push_back(std::make_shared<std::function<void(bool)>>([told, timer](bool recorded) {
      timer->cancel();
      tell(told, recorded);
    }));
  }
  static void tell(const Told& told, bool recorded) {
    if (const auto once = std::exchange(*told, nullptr)) once(recorded);
  }

  void write() {
    if (writing) return;
    writing = true;
    const std::vector<Told> these = std::exchange(next, {});
    const std::function<std::string()> job = [path = file,
                                              text = write_jobs(states, boot_id, loop::now())] {
      const auto written = loop::write_durably(path, text);
      return written ? std::string() : written.error().text;
    };
    workers.submit<std::string>(
        std::string(kJobsKey), job, minutes(1),
        [weak = weak_from_this(), these](loop::JobEnd, const std::optional<std::string>& trouble) {
          const auto self = weak.lock();
          if (!self) return;
          self->written(these, trouble ? *trouble : "the disk does not answer");
        });
  }

  void written(const std::vector<Told>& these, const std::string& trouble) {
    writing = false;
    if (!trouble.empty() && !std::exchange(trouble_told, true))
      loop::log::error(fmt::format("jobs: {} cannot be written: {}", file, trouble));
    if (trouble.empty()) trouble_told = false;
    for (const Told& each : these) tell(each, trouble.empty());
    if (!next.empty()) write();
  }
};

Jobs::Jobs(boost::asio::any_io_executor loop, loop::WorkerPool& workers, std::string file,
           std::string boot_id)
    : impl_(std::make_shared<Impl>(std::move(loop), workers, std::move(file), std::move(boot_id))) {
  impl_->read();
}
Jobs::~Jobs() = default;

void Jobs::add(const std::string& name, const config::JobSource& job, const void* target) {
  impl_->known.insert_or_assign(name, Impl::Known{job, target});
  JobState fresh;
  fresh.known_since = loop::now();
  if (impl_->states.emplace(name, fresh).second) impl_->write();
}

void Jobs::remove(const std::string& name, const void* target) {
  const auto found = impl_->known.find(name);
  if (found != impl_->known.end() && found->second.target == target) impl_->known.erase(found);
}

const config::JobSource* Jobs::find(const std::string& name) const {
  const auto found = impl_->known.find(name);
  return found != impl_->known.end() ? &found->second.job : nullptr;
}

const JobState& Jobs::state(const std::string& name) const {
  return impl_->states.at(name);
}

void Jobs::beat(const std::string& name, const Beat& beat, std::function<void(bool)> done) {
  TOCSIN_CHECK(find(name) != nullptr);
  take_beat(impl_->states.at(name), beat, loop::now());
  impl_->await(std::move(done));
  impl_->write();
}

std::unique_ptr<Source> make_job_source(const std::string& name,
                                        const config::JobSource& definition, Jobs& jobs) {
  return std::make_unique<JobTarget>(name, definition, jobs);
}

}  // namespace tocsin::sources
