// A notice in Slack's JSON: Block Kit, within Slack's limits whatever the notice holds. Pure.
#pragma once

#include <string>
#include <string_view>

#include "receivers/wording.hpp"
#include "tocsin/model/delivery.hpp"

namespace tocsin::receivers {

/// Where a message stands, in Slack's own words: the channel's id and the message's `ts`, which is
/// a text and no number. Both empty: nowhere.
struct SlackPlace {
  std::string channel;
  std::string ts;
};

enum class SlackPart {
  message,  ///< one that stands alone: what a webhook posts
  story,    ///< the incident's first message, as it stands now
  reply,    ///< in the story's thread; a ring is shown in the channel as well
};

/// The message that an incoming webhook takes.
[[nodiscard]] std::string slack_message(const Delivery& delivery,
                                        std::string_view program = kProgram);
/// The arguments of chat.postMessage, or of chat.update for a story whose `ts` is known. `bare`:
/// without blocks, for when Slack finds fault with them.
[[nodiscard]] std::string slack_arguments(const Delivery& delivery, SlackPart part,
                                          const SlackPlace& place, bool bare = false,
                                          std::string_view program = kProgram);

}  // namespace tocsin::receivers
