// systemd over the system bus, by libsystemd's sd-bus, which is loaded where it is used: the list
// of units once, then what changes, as systemd tells it. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "sources/unit_table.hpp"

namespace tocsin::sources {

class SystemdBus {
 public:
  /// Keeps `table`, which must outlive it, as systemd's units are. `table` also says which to
  /// watch.
  SystemdBus(boost::asio::any_io_executor loop, std::string address, UnitTable& table);
  ~SystemdBus();
  SystemdBus(const SystemdBus&) = delete;
  SystemdBus& operator=(const SystemdBus&) = delete;

  /// Connects where it is not connected. `done` is called once, on the loop, possibly from within:
  /// with "" once the table is whole, or why it is not. A later call replaces an earlier one, whose
  /// `done` is not called any more.
  void ready(std::function<void(const std::string& trouble)> done);
  void forget();
  /// Disconnects: the next ready() begins anew.
  void drop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
