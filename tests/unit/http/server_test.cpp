// Risk: a peer that misbehaves (slow, greedy, confused) costs others their answers, or a socket of
// another daemon is taken over. Real sockets on loopback and in a folder of the test's own.
#include "http/server.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

#include "support/temporary_folder.hpp"

using namespace tocsin;
using namespace tocsin::http;
using testing::TemporaryFolder;

namespace {

/// A folder that is gone after the test.
/// A plain client: what it is told to send goes out as it is.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void* const raw = &address;
    REQUIRE(connect(fd_, static_cast<const sockaddr*>(raw), sizeof address) == 0);
  }
  explicit Client(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    const void* const raw = &address;
    REQUIRE(connect(fd_, static_cast<const sockaddr*>(raw), sizeof address) == 0);
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view text) const {
    REQUIRE(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  }
  /// What has come by now is added; false once the server has closed.
  bool take() {
    std::array<char, 4096> buffer{};
    const ssize_t count = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) got.append(buffer.data(), static_cast<std::size_t>(count));
    return count != 0;
  }
  std::string got;

 private:
  int fd_;
};

struct World {
  boost::asio::io_context loop;
  std::vector<Request> seen;
  std::vector<Respond> waiting;
  Handler handler = [this](const Request& request, Respond respond) {
    seen.push_back(request);
    if (request.path == "/later") {
      waiting.push_back(std::move(respond));
    } else {
      respond(text_response(200, "hello " + request.body));
    }
  };

  std::unique_ptr<Server> tcp(ServerLimits limits = {}) {
    auto server = Server::listen_tcp(loop.get_executor(), "127.0.0.1:0", limits, handler);
    REQUIRE(server);
    return std::move(*server);
  }
  /// Runs the loop until that is so; a test that waits for ever fails by its limit.
  void until(const std::function<bool()>& so) {
    for (int i = 0; i < 5000 && !so(); ++i) loop.run_one_for(std::chrono::milliseconds(10));
    REQUIRE(so());
  }
  void until_got(Client& client, const std::string& text) {
    until([&] {
      client.take();
      return client.got.find(text) != std::string::npos;
    });
  }
  void until_closed(Client& client) {
    until([&] { return !client.take(); });
  }
};

}  // namespace

TEST_CASE("server: answers requests of one connection one after the other") {
  World world;
  const auto server = world.tcp();
  Client client(server->port());
  client.send(
      "GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nyou");
  world.until_got(client, "hello you\n");
  CHECK(client.got.find("hello \n") != std::string::npos);
  REQUIRE(world.seen.size() == 2);
  CHECK(world.seen[0].path == "/a");
  CHECK(world.seen[0].header("host") == "h");
  CHECK_FALSE(world.seen[0].peer);
  CHECK(world.seen[1].method == "POST");
  CHECK(server->counts().answers.at(200) == 2);
  CHECK(server->counts().connections == 1);
}

TEST_CASE("server: HEAD gets the header alone, and the connection goes on") {
  World world;
  const auto server = world.tcp();
  Client client(server->port());
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until_got(client, "\r\n\r\n");
  CHECK(client.got.find("Content-Length: 7") != std::string::npos);
  CHECK(client.got.find("hello") == std::string::npos);
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  world.until_closed(client);
  CHECK(client.got.find("hello") != std::string::npos);
}

TEST_CASE("server: an answer may come later, only the first counts") {
  World world;
  const auto server = world.tcp();
  Client client(server->port());
  client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until([&] { return !world.waiting.empty(); });
  world.waiting[0](text_response(200, "first"));
  world.waiting[0](text_response(200, "second"));
  world.until_got(client, "first\n");
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until_got(client, "hello");
  CHECK(client.got.find("second") == std::string::npos);
}

TEST_CASE("server: a handler that does not answer is answered for") {
  World world;
  ServerLimits limits;
  limits.handler = Duration(20);
  const auto server = world.tcp(limits);
  Client client(server->port());
  client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until_got(client, "504");
}

TEST_CASE("server: what is over a limit is refused") {
  World world;
  ServerLimits limits;
  limits.header_bytes = 200;
  limits.body_bytes = 10;
  limits.request = Duration(50);
  limits.idle = Duration(50);
  const auto server = world.tcp(limits);
  SUBCASE("a large header") {
    Client client(server->port());
    client.send("GET / HTTP/1.1\r\nX: " + std::string(300, 'x') + "\r\n\r\n");
    world.until_got(client, " 431 ");
    world.until_closed(client);
  }
  SUBCASE("a large body") {
    Client client(server->port());
    client.send("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n01234567890");
    world.until_got(client, " 413 ");
  }
  SUBCASE("a body that never ends") {
    Client client(server->port());
    client.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n0");
    world.until_closed(client);
    CHECK(client.got.empty());
  }
  SUBCASE("no HTTP at all") {
    Client client(server->port());
    client.send("\x16\x03\x01 what\r\n\r\n");
    world.until_got(client, " 400 ");
  }
  SUBCASE("a malformed target") {
    Client client(server->port());
    client.send("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n");
    world.until_got(client, " 400 ");
  }
  SUBCASE("an idle connection is closed without a word") {
    Client client(server->port());
    world.until_closed(client);
    CHECK(client.got.empty());
  }
  CHECK(world.seen.empty());
}

TEST_CASE("server: one connection too many is refused, and a free place is taken again") {
  World world;
  ServerLimits limits;
  limits.connections = 1;
  const auto server = world.tcp(limits);
  std::optional<Client> first;
  first.emplace(server->port());
  world.until([&] { return server->counts().connections == 1; });
  Client second(server->port());
  world.until_got(second, " 503 ");
  CHECK(server->counts().rejected == 1);
  first.reset();
  world.until([&] { return server->counts().connections == 0; });
  Client third(server->port());
  third.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until_got(third, "hello");
}

TEST_CASE("server: of more than it takes, who waits longest for its own peer gives way") {
  World world;
  ServerLimits limits;
  limits.connections = 3;
  limits.patience = Duration(0);
  const auto server = world.tcp(limits);
  Client slow(server->port());
  slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n1");
  world.until([&] { return server->counts().connections == 1; });
  Client asked(server->port());
  asked.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until([&] { return world.waiting.size() == 1; });
  Client idle(server->port());
  world.until([&] { return server->counts().connections == 3; });
  Client last(server->port());
  last.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until_got(last, "hello");
  world.until_closed(slow);
  CHECK(server->counts().rejected == 0);
  world.waiting.front()(text_response(200, "late"));
  world.until_got(asked, "late");
  idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until_got(idle, "hello");
}

TEST_CASE("server: stopping closes idle connections and lets others have their answer") {
  World world;
  const auto server = world.tcp();
  Client idle(server->port());
  Client asking(server->port());
  asking.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until([&] { return !world.waiting.empty() && server->counts().connections == 2; });
  server->stop();
  world.until_closed(idle);
  world.waiting[0](text_response(200, "still told"));
  world.until_closed(asking);
  CHECK(asking.got.find("still told") != std::string::npos);
  CHECK(asking.got.find("Connection: close") != std::string::npos);
}

TEST_CASE("server: an address that is none is refused with words") {
  World world;
  const auto listen = [&](const std::string& address) {
    return Server::listen_tcp(world.loop.get_executor(), address, {}, world.handler);
  };
  CHECK(listen("127.0.0.1").error().code == ErrorCode::invalid);
  CHECK(listen("127.0.0.1:").error().code == ErrorCode::invalid);
  CHECK(listen("127.0.0.1:70000").error().code == ErrorCode::invalid);
  CHECK(listen("example.com:80").error().code == ErrorCode::invalid);
  const auto server = world.tcp();
  const auto second = listen("127.0.0.1:" + std::to_string(server->port()));
  CHECK(second.error().code == ErrorCode::unavailable);
  CHECK(listen("localhost:0"));
}

TEST_CASE("control socket: the peer is who the kernel says, the mode is 0660") {
  World world;
  const TemporaryFolder folder;
  const std::string path = folder / "run/control.sock";
  const auto server = Server::listen_unix(world.loop.get_executor(), path, {}, world.handler);
  REQUIRE(server);
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0660U);
  Client client(path);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  world.until_got(client, "hello");
  REQUIRE(world.seen.at(0).peer);
  CHECK(world.seen[0].peer->uid == getuid());
  CHECK(world.seen[0].peer->pid == getpid());
  CHECK_FALSE(world.seen[0].peer->user.empty());
}

TEST_CASE("control socket: a living daemon keeps it, a dead one's is taken over") {
  World world;
  const TemporaryFolder folder;
  const std::string path = folder / "control.sock";
  const auto listen = [&] {
    return Server::listen_unix(world.loop.get_executor(), path, {}, world.handler);
  };
  {
    const auto first = listen();
    REQUIRE(first);
    const auto second = listen();
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::unavailable);
    CHECK(second.error().text.find("another tocsin is running") != std::string::npos);
    CHECK(std::filesystem::exists(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));

  // A crash leaves the file behind.
  const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const void* const raw = &address;
  REQUIRE(bind(dead, static_cast<const sockaddr*>(raw), sizeof address) == 0);
  ::close(dead);
  CHECK(std::filesystem::exists(path));
  CHECK(listen());
}

TEST_CASE("control socket: a file that is no socket is not removed") {
  World world;
  const TemporaryFolder folder;
  const std::string path = folder / "control.sock";
  std::ofstream(path) << "precious";
  const auto server = Server::listen_unix(world.loop.get_executor(), path, {}, world.handler);
  REQUIRE_FALSE(server);
  CHECK(server.error().text.find("is no socket") != std::string::npos);
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("control socket: at the end only one's own file is removed") {
  World world;
  const TemporaryFolder folder;
  const std::string path = folder / "control.sock";
  auto server = Server::listen_unix(world.loop.get_executor(), path, {}, world.handler);
  REQUIRE(server);
  std::filesystem::remove(path);
  std::ofstream(folder / "other") << "another's";
  std::filesystem::rename(folder / "other", path);
  server->reset();
  CHECK(std::filesystem::exists(path));
}
