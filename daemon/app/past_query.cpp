#include "app/past_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <set>

#include "app/matrix.hpp"
#include "http/control_client.hpp"
#include "loop/clock.hpp"
#include "loop/http_client.hpp"
#include "loop/secrets.hpp"
#include "storage/answer_cache.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::app {
namespace {

constexpr std::int64_t kStepsAtOnce = 1440;  ///< a day of minutes; Prometheus gives 11,000 at most
constexpr std::int64_t kFewestSteps = 15;
constexpr std::size_t kMostBytes = 256U << 20U;
constexpr Duration kPatience = std::chrono::minutes(2);
constexpr Duration kSettled = std::chrono::minutes(10);  ///< what is younger may still change

/// One question: a selector over the steps from the first to the last.
struct Stretch {
  std::int64_t first = 0;  ///< in steps since 1970
  std::int64_t last = 0;
};

std::string escaped_regex(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

class PastAsker {
 public:
  explicit PastAsker(const PastQuery& query) : query_(query), client_(io_.get_executor()) {
    while (query_.url.ends_with('/')) query_.url.pop_back();
  }

  Result<PastAnswer> ask() {
    if (auto known = read_secrets(); !known) return tl::unexpected(known.error());
    if (!query_.cache.empty()) {
      auto cache = storage::AnswerCache::open(query_.cache);
      if (!cache) return tl::unexpected(cache.error());
      cache_.emplace(std::move(*cache));
    }
    plan();
    // One more for `up`, which is asked for last: by then it is known of whom.
    all_ = (query_.selectors.size() + 1) * stretches_.size();
    for (const std::string& selector : query_.selectors) {
      if (auto asked = ask(selector); !asked) return tl::unexpected(asked.error());
    }
    if (const std::string ups = selector_of_ups(); !ups.empty()) {
      if (auto asked = ask(ups); !asked) return tl::unexpected(asked.error());
    }
    return finish();
  }

 private:
  using Key = std::pair<std::string, std::string>;  ///< job and instance

  Result<void> read_secrets() {
    auto password = loop::read_secret(query_.http.password);
    if (!password) return tl::unexpected(password.error().within("--password"));
    auto bearer = loop::read_secret(query_.http.bearer);
    if (!bearer) return tl::unexpected(bearer.error().within("--bearer"));
    password_ = *std::move(password);
    bearer_ = *std::move(bearer);
    return {};
  }

  void plan() {
    const auto steps = [this](WallTime at) { return at.time_since_epoch() / query_.step; };
    const std::int64_t last = steps(query_.to);
    // The same stretches whenever it is asked, so that answers are found again.
    for (std::int64_t first = steps(query_.from) / kStepsAtOnce * kStepsAtOnce; first <= last;
         first += kStepsAtOnce) {
      stretches_.push_back({first, std::min(first + kStepsAtOnce - 1, last)});
    }
  }

  Result<void> ask(const std::string& selector) {
    for (const Stretch& stretch : stretches_) {
      if (query_.progress) query_.progress(done_++, all_);
      if (auto asked = ask(selector, stretch); !asked) {
        return tl::unexpected(Error{asked.error().code, asked.error().text + resumable()});
      }
    }
    return {};
  }

  [[nodiscard]] std::string resumable() const {
    if (!cache_ || fetched_ == 0) return "";
    return fmt::format("; {} answers are kept in {}: the same call goes on from there", fetched_,
                       query_.cache);
  }

  Result<void> ask(const std::string& selector, Stretch stretch) {
    const std::string question = fmt::format("{}\n{}\n{}\n{}-{}", query_.url, selector,
                                             query_.step.count(), stretch.first, stretch.last);
    if (cache_) {
      auto known = cache_->find(question);
      if (!known) return tl::unexpected(known.error().within(query_.cache));
      if (*known) {
        take(std::move(**known));
        return {};
      }
    }
    auto answer = fetch(selector, stretch);
    if (!answer && answer.error().code == ErrorCode::exhausted &&
        stretch.last - stretch.first >= 2 * kFewestSteps) {
      const std::int64_t middle = stretch.first + (stretch.last - stretch.first) / 2;
      if (auto half = ask(selector, Stretch{stretch.first, middle}); !half) return half;
      return ask(selector, Stretch{middle + 1, stretch.last});
    }
    if (!answer) return tl::unexpected(answer.error());
    remarks_.insert(answer->warnings.begin(), answer->warnings.end());
    const bool settled = WallTime(query_.step * stretch.last) + kSettled < loop::now().wall &&
                         answer->warnings.empty();
    if (cache_ && settled) {
      if (auto kept = cache_->keep(question, answer->series); !kept) {
        return tl::unexpected(kept.error().within(query_.cache));
      }
      ++fetched_;
    }
    take(std::move(answer->series));
    return {};
  }

  /// `exhausted` where fewer steps may help.
  Result<MatrixAnswer> fetch(const std::string& selector, Stretch stretch) {
    const auto seconds = [this](std::int64_t steps) {
      return fmt::format("{:.3f}", in_seconds(query_.step * steps));
    };
    loop::HttpRequest request;
    request.method = "POST";  // a selector may be longer than a URL may be
    request.url = query_.url + "/api/v1/query_range";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = "query=" + http::url_encoded(selector) + "&start=" + seconds(stretch.first) +
                   "&end=" + seconds(stretch.last) +
                   fmt::format("&step={:.3f}", in_seconds(query_.step));
    request.username = query_.http.username;
    request.password = password_;
    request.bearer = bearer_;
    request.ca_file = query_.http.ca_file;
    request.timeout = kPatience;
    request.max_body_bytes = kMostBytes;
    request.accept_gzip = true;
    std::optional<loop::HttpClient::Answer> answer;
    client_.send(std::move(request),
                 [&answer](loop::HttpClient::Answer got) { answer = std::move(got); });
    io_.restart();
    while (!answer && io_.run_one() > 0) {
    }
    if (!answer) return fail(ErrorCode::internal, "the request was lost");
    return judged(*answer, selector);
  }

  Result<MatrixAnswer> judged(const loop::HttpClient::Answer& answer,
                              const std::string& selector) const {
    const auto about = [&](ErrorCode code, std::string_view what) {
      return fail(code,
                  fmt::format("{}: {} (asked for {})", query_.url, what, shortened(selector, 80)));
    };
    if (!answer) {
      const bool large = answer.error().kind == loop::HttpFailure::too_large;
      const bool slow = answer.error().kind == loop::HttpFailure::timed_out;
      return about(large  ? ErrorCode::exhausted
                   : slow ? ErrorCode::timeout
                          : ErrorCode::unavailable,
                   answer.error().detail);
    }
    const std::string said = api_error(answer->body);
    if (answer->status == 422 || said.find("too many") != std::string::npos ||
        said.find("exceeded") != std::string::npos) {
      return about(ErrorCode::exhausted, fmt::format("it refuses, even for few steps: {}", said));
    }
    if (answer->status == 401 || answer->status == 403) {
      return about(ErrorCode::denied,
                   fmt::format("status {}: {}", answer.value().status,
                               query_.http == config::HttpOptions{}
                                   ? "it wants to know who asks: give --bearer, or --username and "
                                     "--password"
                                   : "it does not take these credentials"));
    }
    if (answer->status == 404) {
      return about(ErrorCode::invalid,
                   "status 404: this is no Prometheus server's address; give "
                   "it without /api and with the prefix that it may have");
    }
    if (answer->status != 200) {
      return about(answer->status == 400 ? ErrorCode::invalid : ErrorCode::unavailable,
                   fmt::format("status {}{}{}", answer->status, said.empty() ? "" : ": ", said));
    }
    auto read = read_matrix(answer->body);
    if (!read) return about(read.error().code, read.error().text);
    return read;
  }

  void take(std::vector<storage::CachedSeries> answer) {
    for (storage::CachedSeries& each : answer) sequences_[each.labels].add(each.chunk);
  }

  static Key key_of(const Labels& labels) {
    return {std::string(labels.get("job")), std::string(labels.get("instance"))};
  }

  [[nodiscard]] std::string selector_of_ups() const {
    std::set<std::string> jobs;
    for (const auto& [labels, sequence] : sequences_) {
      if (const auto job = labels.get("job"); !job.empty()) jobs.insert(escaped_regex(job));
    }
    if (jobs.empty()) return "";
    std::string any;
    for (const std::string& job : jobs) any += (any.empty() ? "" : "|") + job;
    const auto matcher = Matcher::make("job", MatchOp::regex, any);
    return matcher ? "up{" + matcher->to_string() + "}" : "up";
  }

  static bool is_scrapes_own(std::string_view name) {
    return name == "up" || name == "scrape_duration_seconds" || name == "scrape_samples_scraped";
  }

  Result<PastAnswer> finish() {
    PastAnswer out;
    std::map<Key, std::size_t> targets;
    const auto target_of = [&](const Key& key, Labels labels) {
      const auto [at, fresh] = targets.emplace(key, out.recording.targets.size());
      if (fresh) {
        backtest::RecordedTarget target;
        target.spec.name =
            key.first.empty() && key.second.empty() ? "prometheus" : key.first + "/" + key.second;
        target.spec.every = query_.step;
        target.spec.timeout = std::min(query_.step, target.spec.timeout);
        target.spec.honor_labels = true;
        target.spec.labels = std::move(labels);
        out.recording.targets.push_back(std::move(target));
      }
      return at->second;
    };
    for (auto& [labels, sequence] : sequences_) {
      const std::string_view name = labels.get(kNameLabel);
      if (name != "up" && name != "scrape_duration_seconds") continue;
      Labels shared = labels;
      shared.remove(kNameLabel);
      const std::size_t place = target_of(key_of(labels), std::move(shared));
      auto& chunks =
          name == "up" ? out.recording.targets[place].up : out.recording.targets[place].took;
      if (chunks.empty()) chunks = std::move(sequence.chunks());
    }
    for (auto& [labels, sequence] : sequences_) {
      if (is_scrapes_own(labels.get(kNameLabel))) continue;
      auto at = targets.find(key_of(labels));
      const std::size_t place = at != targets.end() ? at->second : target_of({"", ""}, {});
      out.recording.series.push_back({place, labels, std::move(sequence.chunks())});
    }
    out.recording.calendar.push_back({0, 0});
    out.remarks.assign(remarks_.begin(), remarks_.end());
    return out;
  }

  PastQuery query_;
  std::string password_;
  std::string bearer_;
  boost::asio::io_context io_;
  loop::HttpClient client_;
  std::optional<storage::AnswerCache> cache_;
  std::vector<Stretch> stretches_;
  std::map<Labels, series::ChunkSequence> sequences_;
  std::set<std::string> remarks_;
  std::size_t done_ = 0;
  std::size_t all_ = 0;
  std::size_t fetched_ = 0;
};

}  // namespace

Result<PastAnswer> query_past(const PastQuery& query) {
  return PastAsker(query).ask();
}

}  // namespace tocsin::app
