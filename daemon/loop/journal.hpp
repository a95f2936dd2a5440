// The journal's own socket (systemd's native protocol): one datagram an entry.
#pragma once

#include <sys/un.h>

#include <memory>
#include <string>
#include <string_view>

namespace tocsin::loop::log {

class Journal {
 public:
  /// None where there is no such socket.
  [[nodiscard]] static std::unique_ptr<Journal> at(const std::string& path);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Waits for as long as the journal does not read. False where the entry was not taken.
  [[nodiscard]] bool take(std::string_view entry);

 private:
  Journal() = default;
  int socket_ = -1;
  sockaddr_un address_{};
};

}  // namespace tocsin::loop::log
