// A mail to one recipient, handed to a relay over SMTP (RFC 5321), and what the relay said.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "loop/http_client.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::loop {

struct Mail {
  std::string server;  ///< "host:port"
  config::MailSecurity security = config::MailSecurity::starttls;
  std::string username;  ///< authenticates, where not empty
  std::string password;
  std::string ca_file;  ///< instead of the system's
  std::string from;     ///< the envelope's
  std::string to;
  /// Name and value as they are sent: ASCII, encoded where they must be.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string text;  ///< two forms of the same
  std::string html;
  Duration timeout = std::chrono::seconds(10);
};

/// The relay's last words: "250 2.0.0 queued as 4F1".
struct MailAccepted {
  std::string words;
};

struct MailError {
  int status = 0;  ///< the relay's: 4xx not now, 5xx never; 0: it said nothing of the kind
  std::string detail;
  bool may_have_arrived = false;
};

using MailAnswer = tl::expected<MailAccepted, MailError>;
using MailCallback = std::function<void(MailAnswer)>;

}  // namespace tocsin::loop
