// Sockets that listen, and who is at the other end: plain system calls, no Beast.
#pragma once

#include <cstdint>
#include <string>

#include "http/message.hpp"
#include "tocsin/base/result.hpp"

namespace tocsin::http {

/// A socket that listens without blocking; for a unix socket with the file that it is bound to.
struct Listening {
  int fd = -1;
  std::uint16_t port = 0;   ///< 0 on a unix socket
  std::string path;         ///< of a unix socket
  std::uint64_t inode = 0;  ///< of `path`: only our own file is removed at the end
};

[[nodiscard]] Result<Listening> listen_on_tcp(const std::string& address);
[[nodiscard]] Result<Listening> listen_on_unix(const std::string& path);
/// Removes the socket's file where it is still ours.
void remove_socket_file(const Listening& listening);

/// SO_PEERCRED of a connected unix socket. The name comes from /etc/passwd alone: a directory
/// service that hangs must not stop the loop.
[[nodiscard]] Peer peer_of(int fd);

}  // namespace tocsin::http
