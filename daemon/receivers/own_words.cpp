#include "receivers/own_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "loop/log.hpp"
#include "receivers/notice_values.hpp"
#include "receivers/sample_notice.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

constexpr std::size_t kOwnTitleMost = 1000;
constexpr std::size_t kOwnTextMost = 16UL << 10U;
constexpr std::size_t kOwnMarkMost = 60;
constexpr std::size_t kOwnSeverityMost = 100;
constexpr std::size_t kOwnLineMost = 1000;
constexpr std::size_t kRoom = 4UL << 10U;  ///< for what a line is cut from

/// A template over several lines makes one of them.
std::string as_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Result<std::string> own_title(const std::string& text, const outbox::NoticeValues& values) {
  auto title = render_notice(text, values, outbox::Escaping::none, kOwnTitleMost);
  if (title && !shows_something(*title)) return fail(ErrorCode::invalid, "it comes to nothing");
  return title.map([](const std::string& made) { return std::string(trim(as_one_line(made))); });
}

Result<std::string> own_text(const std::string& text, const outbox::NoticeValues& values) {
  return render_notice(text, values, outbox::Escaping::none, kOwnTextMost)
      .map([](const std::string& made) { return std::string(trim(made)); });
}

Result<std::string> own_line(const std::string& text, const outbox::NoticeValues& values,
                             std::size_t most) {
  auto line = render_notice(text, values, outbox::Escaping::none, kRoom);
  if (!line) return line;
  return one_line(trim(as_one_line(*line)), most);
}

/// All of them, or none; one that comes to nothing is left out.
Result<Presentation::Named> own_lines(const std::vector<config::OwnLine>& lines,
                                      const outbox::NoticeValues& values) {
  Presentation::Named out;
  for (const config::OwnLine& each : lines) {
    const auto line = own_line(each.text, values, kOwnLineMost);
    if (!line) return tl::unexpected(line.error());
    if (shows_something(*line)) out.emplace_back(each.name, *line);
  }
  return out;
}

/// For a text that is kept up to date: how it stands takes the place of what happened.
outbox::NoticeValues standing_values(outbox::NoticeValues values, const Notice& notice) {
  values.fields["mark"] = standing(notice);
  values.fields["symbol"] = std::string(standing_symbol(notice));
  return values;
}

class InOwnWords final : public Receiver {
 public:
  InOwnWords(config::ReceiverDefinition definition, std::unique_ptr<Receiver> inner,
             std::string program)
      : definition_(std::move(definition)),
        inner_(std::move(inner)),
        program_(std::move(program)) {}

  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override {
    const OwnWords words = in_own_words(definition_, delivery, program_);
    if (!words.fault.empty()) {
      loop::log::error("receiver " + one_line(delivery.receiver, 100) + ": " + words.fault +
                       "; the notice goes in tocsin's own text");
    }
    inner_->deliver(words.delivery, std::move(done));
  }
  void poll(std::vector<std::string> dedup_keys,
            std::function<void(std::vector<AcknowledgedKey>)> done) override {
    inner_->poll(std::move(dedup_keys), std::move(done));
  }

 private:
  config::ReceiverDefinition definition_;
  std::unique_ptr<Receiver> inner_;
  std::string program_;
};

}  // namespace

OwnWords in_own_words(const config::ReceiverDefinition& definition, Delivery delivery,
                      std::string_view program) {
  OwnWords out{std::move(delivery), {}};
  if (!definition.has_own_words()) return out;
  const auto put = [&](const Delivery& of, Notice& notice) {
    const outbox::NoticeValues values = notice_values(of, program);
    const auto take = [&out](std::string_view key, auto made, auto& into) {
      if (made) {
        into = std::move(*made);
      } else {
        const std::string said =
            fmt::format("the template of `{}` fails: {}", key, made.error().text);
        if (out.fault.find(said) == std::string::npos)
          out.fault += (out.fault.empty() ? "" : "; ") + said;
      }
    };
    if (definition.mark) {
      take("mark", own_line(*definition.mark, values, kOwnMarkMost), notice.shown.mark);
      if (notice.shown.mark && notice.incident)
        take("mark", own_line(*definition.mark, standing_values(values, notice), kOwnMarkMost),
             notice.shown.standing);
    }
    if (definition.severity)
      take("severity", own_line(*definition.severity, values, kOwnSeverityMost),
           notice.shown.severity);
    if (definition.facts) take("facts", own_lines(*definition.facts, values), notice.shown.facts);
    if (definition.next)
      take("next", own_line(*definition.next, values, kOwnLineMost), notice.shown.next);
    if (definition.actions)
      take("actions", own_lines(*definition.actions, values), notice.shown.actions);
    if (!definition.title.empty()) take("title", own_title(definition.title, values), notice.title);
    if (!definition.text.empty())
      take("text", own_text(definition.text, values), notice.shown.text);
  };
  for (StoryUpdate& story : out.delivery.stories) {
    Delivery of = out.delivery;
    of.notice = story.notice;
    put(of, story.notice);
  }
  put(out.delivery, out.delivery.notice);
  return out;
}

std::string own_words_trouble(const config::ReceiverDefinition& definition) {
  for (int i = 0; i < kNoticeKinds; ++i) {
    const auto kind = static_cast<NoticeKind>(i);
    const std::string fault = in_own_words(definition, sample_notice(kind)).fault;
    if (!fault.empty())
      return fault + " (for a notice of kind " + std::string(to_string(kind)) + ")";
  }
  return "";
}

std::unique_ptr<Receiver> with_own_words(const config::ReceiverDefinition& definition,
                                         std::unique_ptr<Receiver> inner,
                                         const std::string& program) {
  if (!definition.has_own_words()) return inner;
  return std::make_unique<InOwnWords>(definition, std::move(inner), program);
}

}  // namespace tocsin::receivers
