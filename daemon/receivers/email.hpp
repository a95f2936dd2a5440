// Mail: the notice as text and as HTML, one thread for each incident (by Message-ID and References,
// RFC 5322), a mail of its own for each recipient.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"
#include "receivers/wording.hpp"

namespace tocsin::receivers {

struct EmailMessage {
  std::vector<std::pair<std::string, std::string>> headers;  ///< ASCII; encoded, folded
  std::string text;
  std::string html;
};

/// Pure. The same Message-ID for all tries of one delivery, also after a restart.
[[nodiscard]] EmailMessage email_message(const Delivery& delivery,
                                         const config::EmailReceiver& definition,
                                         std::string_view program = kProgram);
/// A page for a phone: no script, no image, nothing that is loaded. Pure.
[[nodiscard]] std::string email_html(const Notice& notice, std::string_view program = kProgram);
/// A header's text: as it is where it is short ASCII, else as encoded words (RFC 2047), folded.
[[nodiscard]] std::string encoded_header(std::string_view text);

class Email : public Receiver {
 public:
  Email(loop::HttpClient& http, config::EmailReceiver definition, Duration timeout,
        std::string program = std::string(kProgram));
  /// Each recipient is sent a mail of its own. It is retried for those alone whose relay said "not
  /// now"; it is delivered once somebody has it and nobody is left to be tried again.
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override;

 private:
  struct Round;
  void send_to(const std::string& recipient, const std::shared_ptr<Round>& round);
  void finish(const Round& round);

  config::EmailReceiver definition_;
  Duration timeout_;
  Sender sender_;
  std::string program_;
  /// Who has it already, of deliveries that will be tried again for others.
  std::map<DeliveryId, std::set<std::string>> taken_;
};

}  // namespace tocsin::receivers
