#include "http/listening.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

namespace tocsin::http {

namespace {

constexpr int kBacklog = 128;

std::string words(int error) {
  return std::system_category().message(error);
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> numeric_address(std::string host, std::uint16_t port) {
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty()) host = "::";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  Address address;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
    return address;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
    return address;
  }
  return std::nullopt;
}

Result<Address> parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos)
    return fail(ErrorCode::invalid, fmt::format("\"{}\" names no port (ADDRESS:PORT)", text));
  std::uint16_t port = 0;
  const char* const begin = text.data() + colon + 1;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(begin, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end || begin == end)
    return fail(ErrorCode::invalid, fmt::format("\"{}\" has no valid port", text));
  const auto address = numeric_address(text.substr(0, colon), port);
  if (!address)
    return fail(ErrorCode::invalid,
                fmt::format("\"{}\" is no numeric address (names are not resolved)", text));
  return *address;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what the socket API asks for
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    return ntohs(v4.sin_port);
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &storage, sizeof v6);
  return ntohs(v6.sin6_port);
}

/// A descriptor that is closed unless it is taken.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  int take() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

int bind_to(int fd, const void* address, socklen_t size) {
  return bind(fd, static_cast<const sockaddr*>(address), size) == 0 ? 0 : errno;
}

/// Whether somebody answers on the socket: 0 yes, ECONNREFUSED nobody, else why not.
int probe(const sockaddr_un& address) {
  const Descriptor client(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (client.get() < 0) return errno;
  const void* const raw = &address;
  if (connect(client.get(), static_cast<const sockaddr*>(raw), sizeof address) == 0) return 0;
  return errno == EAGAIN ? 0 : errno;  // a full backlog: somebody is there, and busy
}

Result<void> make_way(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode))
    return fail(ErrorCode::denied, fmt::format("{} exists and is no socket", path));
  const int answer = probe(address);
  if (answer == 0)
    return fail(ErrorCode::unavailable,
                fmt::format("another tocsin is running: it answers on {}", path));
  if (answer != ECONNREFUSED && answer != ENOENT)
    return fail(ErrorCode::denied, fmt::format("{}: {}", path, words(answer)));
  if (unlink(path.c_str()) != 0 && errno != ENOENT)
    return fail(ErrorCode::denied,
                fmt::format("the old socket {} cannot be removed: {}", path, words(errno)));
  return {};
}

}  // namespace

Result<Listening> listen_on_tcp(const std::string& address) {
  const auto where = parse_address(address);
  if (!where) return tl::unexpected(where.error());
  Descriptor fd(socket(where->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return fail(ErrorCode::unavailable, words(errno));
  const int one = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  const int error = bind_to(fd.get(), &where->storage, where->size);
  if (error == EADDRINUSE)
    return fail(ErrorCode::unavailable,
                fmt::format("{} is taken: another program listens there. `--listen` or [listen] "
                            "address names another",
                            address));
  if (error != 0)
    return fail(ErrorCode::unavailable,
                fmt::format("cannot listen on {}: {}", address, words(error)));
  if (listen(fd.get(), kBacklog) != 0) return fail(ErrorCode::unavailable, words(errno));
  Listening listening;
  listening.port = port_of(fd.get());
  listening.fd = fd.take();
  return listening;
}

Result<Listening> listen_on_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return fail(ErrorCode::invalid, fmt::format("the socket's path must have 1 to {} bytes: {}",
                                                sizeof address.sun_path - 1, path));
  std::memcpy(address.sun_path, path.data(), path.size());
  std::error_code ignored;  // bind says it better
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  if (auto way = make_way(path, address); !way) return tl::unexpected(way.error());

  Descriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return fail(ErrorCode::unavailable, words(errno));
  if (const int error = bind_to(fd.get(), &address, sizeof address); error != 0)
    return fail(error == EACCES || error == EROFS ? ErrorCode::denied : ErrorCode::unavailable,
                fmt::format("cannot listen on {}: {}", path, words(error)));
  // Before listen() nobody can connect: the mode counts from the first connection.
  if (chmod(path.c_str(), 0660) != 0) return fail(ErrorCode::denied, words(errno));
  if (listen(fd.get(), kBacklog) != 0) return fail(ErrorCode::unavailable, words(errno));
  Listening listening;
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) listening.inode = status.st_ino;
  listening.path = path;
  listening.fd = fd.take();
  return listening;
}

void remove_socket_file(const Listening& listening) {
  struct stat status {};
  if (listening.path.empty() || lstat(listening.path.c_str(), &status) != 0) return;
  if (status.st_ino == listening.inode) unlink(listening.path.c_str());
}

Peer peer_of(int fd) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  Peer peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    peer.uid = static_cast<unsigned>(-1);  // nobody's: never mistaken for root
    peer.user = "unknown";
    return peer;
  }
  peer.uid = credentials.uid;
  peer.pid = credentials.pid;
  peer.user = fmt::format("uid {}", credentials.uid);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> accounts(std::fopen("/etc/passwd", "re"),
                                                                 &std::fclose);
  if (!accounts) return peer;
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  while (fgetpwent_r(accounts.get(), &entry, buffer.data(), buffer.size(), &found) == 0) {
    if (found->pw_uid == credentials.uid) {
      peer.user = found->pw_name;
      break;
    }
  }
  return peer;
}

}  // namespace tocsin::http
