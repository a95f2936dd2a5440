#include "sources/systemd_bus.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "loop/shared_library.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr const char* kManager = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManagerFace = "org.freedesktop.systemd1.Manager";
constexpr const char* kPropertiesFace = "org.freedesktop.DBus.Properties";

#define TOCSIN_SD_BUS_FUNCTIONS(each)                                                          \
  each(sd_bus_new) each(sd_bus_set_address) each(sd_bus_set_bus_client) each(sd_bus_start)     \
      each(sd_bus_close) each(sd_bus_unref) each(sd_bus_get_fd) each(sd_bus_get_events)        \
          each(sd_bus_get_timeout) each(sd_bus_process) each(sd_bus_call_method_async)         \
              each(sd_bus_add_match_async) each(sd_bus_message_read) each(sd_bus_message_skip) \
                  each(sd_bus_message_read_basic) each(sd_bus_message_peek_type)               \
                      each(sd_bus_message_enter_container) each(sd_bus_message_exit_container) \
                          each(sd_bus_message_is_method_error) each(sd_bus_message_get_error)  \
                              each(sd_bus_message_get_path) each(sd_bus_message_get_member)

/// By their names, out of the library where it is there.
struct SdBus {
#define TOCSIN_SD_BUS(name) decltype(&::name) name = nullptr;
  TOCSIN_SD_BUS_FUNCTIONS(TOCSIN_SD_BUS)
#undef TOCSIN_SD_BUS
  bool complete = false;

  SdBus() {
    loop::SharedLibrary library("libsystemd.so.0");
#define TOCSIN_SD_BUS(name) library.find(name, #name);
    TOCSIN_SD_BUS_FUNCTIONS(TOCSIN_SD_BUS)
#undef TOCSIN_SD_BUS
    complete = library.complete();
  }
};

const SdBus& sd() {
  static const SdBus kLibrary;
  return kLibrary;
}

/// A variant's value where it is one that the table knows; nothing else is read.
std::optional<UnitValue> read_variant(sd_bus_message* message) {
  char type = 0;
  const char* contents = nullptr;
  if (sd().sd_bus_message_peek_type(message, &type, &contents) <= 0 || contents == nullptr) {
    return std::nullopt;
  }
  const std::string_view what = contents;
  if (what != "s" && what != "t" && what != "u" && what != "b" && what != "i") {
    sd().sd_bus_message_skip(message, "v");
    return std::nullopt;
  }
  std::optional<UnitValue> value;
  if (sd().sd_bus_message_enter_container(message, SD_BUS_TYPE_VARIANT, contents) < 0) {
    return std::nullopt;
  }
  if (what == "s") {
    const char* text = nullptr;
    if (sd().sd_bus_message_read_basic(message, 's', &text) >= 0) value = std::string(text);
  } else if (what == "t") {
    std::uint64_t number = 0;
    if (sd().sd_bus_message_read_basic(message, 't', &number) >= 0) value = number;
  } else {
    std::uint32_t number = 0;
    if (sd().sd_bus_message_read_basic(message, what.front(), &number) >= 0) {
      value = std::uint64_t{number};
    }
  }
  sd().sd_bus_message_exit_container(message);
  return value;
}

UnitProperties read_properties(sd_bus_message* message) {
  UnitProperties all;
  if (sd().sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "{sv}") < 0) return all;
  while (sd().sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, "sv") > 0) {
    const char* name = nullptr;
    if (sd().sd_bus_message_read_basic(message, 's', &name) < 0) break;
    const std::string key = name;
    if (auto value = read_variant(message)) all.emplace_back(key, *std::move(value));
    if (sd().sd_bus_message_exit_container(message) < 0) break;
  }
  sd().sd_bus_message_exit_container(message);
  return all;
}

}  // namespace

struct SystemdBus::Impl : std::enable_shared_from_this<SystemdBus::Impl> {
  asio::any_io_executor loop;
  std::string address;
  UnitTable& table;
  sd_bus* bus = nullptr;
  std::optional<asio::posix::stream_descriptor> socket;  ///< the library's, watched alone
  asio::steady_timer timer;
  std::uint64_t turn = 0;  ///< of what belongs to an earlier connection nothing is heeded
  bool reading = false;    ///< a wait for something to read is under way
  bool sending = false;
  bool processing = false;
  bool whole = false;
  bool listing = false;
  std::size_t asked = 0;  ///< units whose properties are still to come
  std::string fault;
  std::function<void(const std::string&)> done;

  Impl(asio::any_io_executor executor, std::string at, UnitTable& units)
      : loop(std::move(executor)), address(std::move(at)), table(units), timer(loop) {}

  void ready(std::function<void(const std::string&)> tell) {
    done = std::move(tell);
    if (bus == nullptr) connect();
    tell_if_whole();
  }

  void tell_if_whole() {
    if (!done || !whole) return;
    std::exchange(done, nullptr)("");
  }

  void fail(const std::string& why) {
    close();
    if (const auto tell = std::exchange(done, nullptr)) tell(why);
  }
  void fail(std::string_view doing, int error) {
    fail(fmt::format("{}: {}", doing, std::strerror(error < 0 ? -error : error)));
  }

  void connect() {
    if (!sd().complete) return fail("libsystemd is not installed");
    int error = sd().sd_bus_new(&bus);
    if (error >= 0) error = sd().sd_bus_set_address(bus, address.c_str());
    if (error >= 0) error = sd().sd_bus_set_bus_client(bus, 1);
    if (error >= 0) error = sd().sd_bus_start(bus);
    if (error < 0) return fail("the bus " + address, error);
    subscribe();
    if (bus != nullptr) process();
  }

  /// Calls are queued by the library until it is connected.
  void subscribe() {
    const std::string unit_paths = fmt::format("path_namespace='{}/unit'", kManagerPath);
    match("type='signal',sender='" + std::string(kManager) + "',interface='" + kPropertiesFace +
              "',member='PropertiesChanged'," + unit_paths,
          on_changed);
    for (const auto& [member, handler] : {std::pair{"UnitNew", &on_new},
                                          {"UnitRemoved", &on_removed},
                                          {"Reloading", &on_reloading}}) {
      match(fmt::format("type='signal',sender='{}',interface='{}',member='{}',path='{}'", kManager,
                        kManagerFace, member, kManagerPath),
            *handler);
    }
    call(kManagerPath, kManagerFace, "Subscribe", on_subscribed);
    list();
  }

  void match(const std::string& rule, sd_bus_message_handler_t handler) {
    if (bus == nullptr) return;
    const int error =
        sd().sd_bus_add_match_async(bus, nullptr, rule.c_str(), handler, nullptr, this);
    if (error < 0) fail("the bus", error);
  }

  void call(const char* path, const char* face, const char* member,
            sd_bus_message_handler_t handler, const char* types = "", const char* text = "") {
    if (bus == nullptr) return;
    const int error = sd().sd_bus_call_method_async(bus, nullptr, kManager, path, face, member,
                                                    handler, this, types, text);
    if (error < 0) fail("the bus", error);
  }

  void list() {
    listing = true;
    whole = false;
    call(kManagerPath, kManagerFace, "ListUnits", on_list);
  }

  void ask_properties(const std::string& path) {
    ++asked;
    // Of all interfaces at once.
    call(path.c_str(), kPropertiesFace, "GetAll", on_properties, "s", "");
  }

  /// What a callback of the library calls: `this` is its connection's.
  template <class Take>
  static int take(sd_bus_message* message, void* data, Take what) {
    Impl& self = *static_cast<Impl*>(data);
    if (sd().sd_bus_message_is_method_error(message, nullptr) > 0) {
      const sd_bus_error* const error = sd().sd_bus_message_get_error(message);
      const bool words = error != nullptr && error->message != nullptr;
      self.fault = words ? shortened(printable(valid_utf8(error->message)), 200) : "refused";
    }
    what(self, message);
    return 0;
  }

  static int on_subscribed(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
    return take(message, data, [](Impl&, sd_bus_message*) {});
  }

  static int on_list(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
    return take(message, data, [](Impl& self, sd_bus_message* m) {
      if (sd().sd_bus_message_is_method_error(m, nullptr) > 0) return;  // process() tells of it
      self.table.clear();
      constexpr const char* kRow = "(ssssssouso)";
      if (sd().sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, kRow) < 0) return;
      const char* name = nullptr;
      const char* about = nullptr;
      const char* load = nullptr;
      const char* active = nullptr;
      const char* sub = nullptr;
      const char* following = nullptr;
      const char* path = nullptr;
      std::uint32_t job = 0;
      const char* job_type = nullptr;
      const char* job_path = nullptr;
      while (sd().sd_bus_message_read(m, kRow, &name, &about, &load, &active, &sub, &following,
                                      &path, &job, &job_type, &job_path) > 0) {
        if (!self.table.wants(name)) continue;
        UnitSeen unit;
        unit.name = name;
        unit.load = load;
        unit.active = active;
        unit.sub = sub;
        self.table.put(path, std::move(unit));
        self.ask_properties(path);
      }
      sd().sd_bus_message_exit_container(m);
      self.listing = false;
      self.complete_if_all();
    });
  }

  static int on_properties(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
    return take(message, data, [](Impl& self, sd_bus_message* m) {
      // An answer names no object; the properties themselves do.
      UnitProperties properties;
      if (sd().sd_bus_message_is_method_error(m, nullptr) <= 0) properties = read_properties(m);
      self.fault.clear();  // a unit that is gone meanwhile is no trouble
      self.take_properties(properties);
    });
  }

  void take_properties(const UnitProperties& properties) {
    for (const auto& [name, value] : properties) {
      if (name != "Id") continue;
      if (const auto* id = std::get_if<std::string>(&value)) {
        table.change(path_of(*id), properties);
      }
    }
    --asked;
    complete_if_all();
  }

  /// The bus's own escaping: what is no letter or digit becomes _ and two hexadecimal digits.
  static std::string path_of(std::string_view unit) {
    std::string path = fmt::format("{}/unit/", kManagerPath);
    for (std::size_t at = 0; at < unit.size(); ++at) {
      const char c = unit[at];
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (letter || (is_digit(c) && at > 0)) {
        path += c;
      } else {
        path += fmt::format("_{:02x}", static_cast<unsigned char>(c));
      }
    }
    return path;
  }

  void complete_if_all() {
    if (listing || whole || asked > 0) return;
    whole = true;
    // Told from the loop's own turn, not from within the library.
    asio::post(loop, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->tell_if_whole();
    });
  }

  static int on_changed(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
    return take(message, data, [](Impl& self, sd_bus_message* m) {
      const char* const path = sd().sd_bus_message_get_path(m);
      const char* face = nullptr;
      if (path == nullptr || sd().sd_bus_message_read_basic(m, 's', &face) < 0) return;
      if (self.table.change(path, read_properties(m))) self.ask_properties(path);
    });
  }

  // Not asked for more until it does something: to ask of a unit that systemd has already unloaded
  // again loads it, which is told as a new one, without end.
  static int on_new(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
    return take(message, data, [](Impl& self, sd_bus_message* m) {
      const char* name = nullptr;
      const char* path = nullptr;
      if (sd().sd_bus_message_read(m, "so", &name, &path) < 0 || !self.table.wants(name)) return;
      UnitSeen unit;
      unit.name = name;
      unit.load = "loaded";
      unit.active = "inactive";
      self.table.put(path, std::move(unit));
    });
  }

  static int on_removed(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
    return take(message, data, [](Impl& self, sd_bus_message* m) {
      const char* name = nullptr;
      const char* path = nullptr;
      if (sd().sd_bus_message_read(m, "so", &name, &path) < 0) return;
      self.table.remove(path);
    });
  }

  /// After it, units may be others.
  static int on_reloading(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
    return take(message, data, [](Impl& self, sd_bus_message* m) {
      int active = 0;
      if (sd().sd_bus_message_read_basic(m, 'b', &active) >= 0 && active == 0) self.list();
    });
  }

  void process() {
    int more = 1;
    const std::uint64_t mine = turn;
    processing = true;
    while (more > 0 && bus != nullptr && mine == turn) more = sd().sd_bus_process(bus, nullptr);
    processing = false;
    if (bus == nullptr || mine != turn) return;
    if (more < 0) return fail("the bus", more);
    if (!fault.empty() && !whole) return fail("systemd: " + fault);
    fault.clear();
    wait();
  }

  void wait() {
    if (!socket) {
      const int descriptor = sd().sd_bus_get_fd(bus);
      if (descriptor < 0) return fail("the bus", descriptor);
      socket.emplace(loop, ::dup(descriptor));
    }
    const int events = sd().sd_bus_get_events(bus);
    if (events < 0) return fail("the bus", events);
    if (!reading) {
      reading = true;
      watch(asio::posix::stream_descriptor::wait_read, &Impl::reading);
    }
    if ((events & POLLOUT) != 0 && !sending) {
      sending = true;
      watch(asio::posix::stream_descriptor::wait_write, &Impl::sending);
    }
    std::uint64_t due = ~std::uint64_t{0};
    if (sd().sd_bus_get_timeout(bus, &due) > 0 && due != ~std::uint64_t{0}) {
      timer.expires_at(std::chrono::steady_clock::time_point(std::chrono::microseconds(due)));
      timer.async_wait([weak = weak_from_this(), mine = turn](error_code error) {
        const auto self = weak.lock();
        if (self && !error && mine == self->turn) self->process();
      });
    }
  }

  void watch(asio::posix::stream_descriptor::wait_type what, bool Impl::*flag) {
    socket->async_wait(what, [weak = weak_from_this(), mine = turn, flag](error_code error) {
      const auto self = weak.lock();
      if (!self || mine != self->turn) return;
      (*self).*flag = false;
      if (!error) self->process();
    });
  }

  void close() {
    ++turn;
    timer.cancel();
    socket.reset();
    reading = false;
    sending = false;
    whole = false;
    listing = false;
    asked = 0;
    fault.clear();
    table.clear();
    if (bus == nullptr) return;
    const auto end = [old = std::exchange(bus, nullptr)] {
      sd().sd_bus_close(old);
      sd().sd_bus_unref(old);
    };
    if (!processing) return end();
    asio::post(loop, end);  // not from within one of its own callbacks
  }
};

SystemdBus::SystemdBus(asio::any_io_executor loop, std::string address, UnitTable& table)
    : impl_(std::make_shared<Impl>(std::move(loop), std::move(address), table)) {}

SystemdBus::~SystemdBus() {
  impl_->done = nullptr;
  impl_->close();
}

void SystemdBus::ready(std::function<void(const std::string&)> done) {
  impl_->ready(std::move(done));
}
void SystemdBus::forget() {
  impl_->done = nullptr;
}
void SystemdBus::drop() {
  impl_->close();
}

}  // namespace tocsin::sources
