#include "receivers/slack_bot.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "loop/clock.hpp"
#include "loop/secrets.hpp"
#include "receivers/answer.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

namespace json = boost::json;

/// Slack's trouble, not ours: it is well to ask again.
constexpr std::array<std::string_view, 6> kNotNow{"ratelimited",         "rate_limited",
                                                  "internal_error",      "fatal_error",
                                                  "service_unavailable", "request_timeout"};
/// The message cannot be changed, or is not there any more: a new one takes its place.
constexpr std::array<std::string_view, 6> kMessageGone{"message_not_found",  "cant_update_message",
                                                       "edit_window_closed", "channel_not_found",
                                                       "is_archived",        "thread_not_found"};
/// It finds fault with what the notice looks like: the plain text will do.
constexpr std::array<std::string_view, 6> kMalformed{"invalid_blocks",      "invalid_blocks_format",
                                                     "msg_blocks_too_long", "msg_too_long",
                                                     "invalid_attachments", "too_many_attachments"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string text_at(const json::object& fields, std::string_view name) {
  const json::value* value = fields.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 100 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

std::optional<SlackAnswer> read_slack_answer(const std::string& body) {
  json::error_code error;
  const json::value answer = json::parse(body, error);
  if (error || !answer.is_object()) return std::nullopt;
  const json::object& fields = answer.get_object();
  const json::value* ok = fields.if_contains("ok");
  if (ok == nullptr || !ok->is_bool()) return std::nullopt;
  SlackAnswer said;
  said.ok = ok->get_bool();
  said.error = text_at(fields, "error");
  said.place = {text_at(fields, "channel"), text_at(fields, "ts")};
  return said;
}

std::string to_text(const SlackPlace& place) {
  if (!is_word(place.channel) || !is_word(place.ts)) return "";
  return place.channel + " " + place.ts;
}

SlackPlace slack_place(std::string_view text) {
  const std::size_t space = std::min(text.find(' '), text.size());
  SlackPlace place{std::string(text.substr(0, space)),
                   std::string(text.substr(std::min(space + 1, text.size())))};
  return to_text(place).empty() ? SlackPlace{} : place;
}

/// One notice on its way; it takes up to three calls.
struct SlackBot::Telling {
  Delivery delivery;
  SlackPlace place;
  std::string token;
  bool bare = false;
  std::function<void(DeliveryOutcome)> done;
};

SlackBot::SlackBot(loop::HttpClient& http, config::SlackReceiver definition, Duration timeout,
                   std::string program)
    : definition_(std::move(definition)),
      sender_(http, definition_.http, timeout),
      program_(std::move(program)) {
  while (definition_.api_url.ends_with('/')) definition_.api_url.pop_back();
}

void SlackBot::deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) {
  Result<std::string> token = loop::read_secret(definition_.token);
  if (!token) {
    sender_.later([tell = std::move(done), out = outcome_of(token.error())] { tell(out); });
    return;
  }
  const auto telling = std::make_shared<Telling>();
  telling->delivery = delivery;
  telling->place = slack_place(delivery.thread);
  telling->token = std::move(*token);
  telling->done = std::move(done);
  telling->place.ts.empty() ? begin_story(telling) : go_on(telling);
}

void SlackBot::begin_story(const Shared& telling) {
  telling->place = {definition_.channel, ""};
  const bool story = static_cast<bool>(telling->delivery.incident);
  call(telling, "chat.postMessage", story ? SlackPart::story : SlackPart::message,
       [this, telling, story](DeliveryOutcome out, const SlackAnswer& said) {
         if (story && said.ok) out.thread = to_text(said.place);
         if (out.result != DeliveryResult::delivered) return telling->done(std::move(out));
         bring_up_to_date(telling, 0, out);
       });
}

/// The messages of the incidents that a summary has told of. What becomes of them changes nothing
/// of the yes to the summary; where Slack has enough for now, the rest is left as it is.
void SlackBot::bring_up_to_date(const Shared& telling, std::size_t at, const DeliveryOutcome& out) {
  const std::vector<StoryUpdate>& stories = telling->delivery.stories;
  if (at >= stories.size()) return telling->done(out);
  const auto one = std::make_shared<Telling>();
  one->delivery.incident = stories[at].notice.incident;
  one->delivery.notice = stories[at].notice;
  one->place = slack_place(stories[at].thread);
  one->token = telling->token;
  call(one, "chat.update", SlackPart::story,
       [this, telling, at, out](const DeliveryOutcome& said, const SlackAnswer&) {
         if (said.result == DeliveryResult::retryable) return telling->done(out);
         bring_up_to_date(telling, at + 1, out);
       });
}

/// The message first: to change it twice changes nothing, while a reply that is sent twice is there
/// twice. And it shows whether the thread is still there, which a reply does not.
void SlackBot::go_on(const Shared& telling) {
  call(telling, "chat.update", SlackPart::story,
       [this, telling](const DeliveryOutcome& out, const SlackAnswer& said) {
         if (out.result == DeliveryResult::delivered) {
           reply(telling);
         } else if (is_one_of(kMessageGone, said.error)) {
           begin_story(telling);
         } else if (out.result == DeliveryResult::retryable &&
                    telling->delivery.action == DeliveryAction::open) {
           reply(telling);  // a ring does not wait for the looks of an older message
         } else {
           telling->done(out);
         }
       });
}

void SlackBot::reply(const Shared& telling) {
  call(telling, "chat.postMessage", SlackPart::reply,
       [telling](DeliveryOutcome out, const SlackAnswer&) {
         out.thread = to_text(telling->place);
         telling->done(std::move(out));
       });
}

void SlackBot::call(const Shared& telling, std::string_view method, SlackPart part,
                    std::function<void(DeliveryOutcome, SlackAnswer)> answered) {
  Result<loop::HttpRequest> request =
      sender_.request("POST", definition_.api_url + "/" + std::string(method));
  if (!request) {
    sender_.later([tell = std::move(answered), out = outcome_of(request.error())] {
      tell(out, SlackAnswer{});
    });
    return;
  }
  request->bearer = telling->token;
  request->headers.emplace_back("Content-Type", "application/json; charset=utf-8");
  request->body = slack_arguments(telling->delivery, part, telling->place, telling->bare, program_);
  sender_.send(std::move(*request),
               [this, telling, method = std::string(method), part,
                tell = std::move(answered)](const loop::HttpClient::Answer& answer) {
                 SlackAnswer said;
                 DeliveryOutcome out = judged(answer, telling->token, said);
                 if (is_one_of(kMalformed, said.error) && !telling->bare) {
                   telling->bare = true;
                   call(telling, method, part, tell);
                 } else {
                   tell(std::move(out), std::move(said));
                 }
               });
}

DeliveryOutcome SlackBot::judged(const loop::HttpClient::Answer& answer, const std::string& token,
                                 SlackAnswer& said) const {
  if (!answer) return outcome_of(answer.error());
  const std::optional<SlackAnswer> read = read_slack_answer(answer->body);
  const std::string words = shown(read && !read->ok ? read->error : answer->body, token);
  if (!read || answer->status != 200) return outcome_of(*answer, words, loop::now().wall);
  said = *read;
  if (said.ok) return delivered(*answer, "ok " + shown(to_text(said.place), token));
  DeliveryOutcome out = outcome_of(*answer, words, loop::now().wall);
  out.result =
      is_one_of(kNotNow, said.error) ? DeliveryResult::retryable : DeliveryResult::permanent;
  // "some aspect of the operation succeeded before the error was raised" is what only these say.
  out.may_have_arrived = said.error == "fatal_error" || said.error == "internal_error";
  return out;
}

}  // namespace tocsin::receivers
