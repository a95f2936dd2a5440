#include "loop/journal.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace tocsin::loop::log {

std::unique_ptr<Journal> Journal::at(const std::string& path) {
  std::unique_ptr<Journal> journal(new Journal);
  if (path.size() >= sizeof journal->address_.sun_path) return nullptr;
  if (::access(path.c_str(), W_OK) != 0) return nullptr;
  journal->address_.sun_family = AF_UNIX;
  path.copy(journal->address_.sun_path, path.size());
  journal->socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return journal->socket_ >= 0 ? std::move(journal) : nullptr;
}

Journal::~Journal() {
  if (socket_ >= 0) ::close(socket_);
}

bool Journal::take(std::string_view entry) {
  for (;;) {
    const ssize_t sent = ::sendto(socket_, entry.data(), entry.size(), MSG_NOSIGNAL,
                                  reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
    if (sent >= 0 || errno != EINTR) return sent >= 0;
  }
}

}  // namespace tocsin::loop::log
