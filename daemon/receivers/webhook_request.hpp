// What a webhook sends: the body of ours, or what its templates make of the notice. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "receivers/wording.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/model/delivery.hpp"

namespace tocsin::receivers {

struct WebhookContent {
  std::string path;  ///< to be added to the URL
  std::string content_type;
  std::string body;
  /// Those that no secret stands for.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string fault;  ///< why something of ours stands in a template's place; "" where nothing does
};

/// A template that fails costs its own text only: our body takes the body's place, a header or the
/// path is left out.
[[nodiscard]] WebhookContent webhook_content(const config::WebhookReceiver& definition,
                                             const Delivery& delivery,
                                             std::string_view program = kProgram);

/// What goes wrong with the templates for one notice of each kind; "" where nothing does.
[[nodiscard]] std::string webhook_template_trouble(const config::WebhookReceiver& definition);

}  // namespace tocsin::receivers
