#include "app/template_check.hpp"

#include "receivers/own_words.hpp"
#include "receivers/webhook_request.hpp"

namespace tocsin::app {

std::vector<config::Diagnostic> template_warnings(const config::Config& config,
                                                  const std::string& folder) {
  std::vector<config::Diagnostic> out;
  for (const config::ReceiverDefinition& each : config.receivers) {
    const auto* webhook = std::get_if<config::WebhookReceiver>(&each.kind);
    const std::string trouble = webhook != nullptr ? receivers::webhook_template_trouble(*webhook)
                                                   : receivers::own_words_trouble(each);
    if (trouble.empty()) continue;
    config::Diagnostic warning;
    warning.level = config::Level::warning;
    warning.file = folder;
    warning.message = "receiver " + each.receiver.name + ": " + trouble;
    warning.hint = "such a notice goes in tocsin's own text";
    out.push_back(std::move(warning));
  }
  return out;
}

}  // namespace tocsin::app
