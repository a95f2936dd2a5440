// What collectors read: the trees of one machine and what is wanted of them.
#pragma once

#include "sources/host/options.hpp"
#include "sources/host/tree.hpp"

namespace tocsin::sources::host {

/// Never changed after its making: any thread.
struct Machine {
  explicit Machine(Options wanted)
      : options(std::move(wanted)),
        proc(options.procfs),
        sys(options.sysfs),
        root(options.rootfs),
        udev(options.udev_data) {}

  Options options;
  Tree proc;
  Tree sys;
  Tree root;
  Tree udev;
};

}  // namespace tocsin::sources::host
