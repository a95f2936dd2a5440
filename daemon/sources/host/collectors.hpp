// The table of collectors: which there are, what each reads, and where it may run.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "sources/exposition.hpp"
#include "sources/host/cpu.hpp"
#include "sources/host/kernel.hpp"
#include "sources/host/machine.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::sources::host {

/// What a collector on the loop has at hand, from one collection to the next.
struct Reading {
  explicit Reading(const Machine& of)
      : machine(of),
        proc(of.proc),
        sys(of.sys),
        netstat_fields(of.options.netstat_fields),
        vmstat_fields(of.options.vmstat_fields) {}
  void next_round() {
    proc.next_round();
    sys.next_round();
  }

  const Machine& machine;
  KeptFiles proc;
  KeptFiles sys;
  FieldPattern netstat_fields;
  FieldPattern vmstat_fields;
  ClockSources clock_sources;
  CpuHistory cpus;
  Now now;  ///< when this collection began
};

/// Reads procfs only, which answers from the kernel's memory.
struct LoopCollector {
  std::string_view name;
  Result<void> (*collect)(Reading&, Exposition&);
};
/// Reads what may block: drivers behind sysfs, locks of the kernel, very long files.
struct WorkerCollector {
  std::string_view name;
  Result<void> (*collect)(const Machine&, Exposition&);
  /// The names of all of its families begin with one of these; "" stands for none.
  std::array<std::string_view, 14> families;
  /// It costs so much that it is left out where nobody needs it.
  bool on_demand = false;

  [[nodiscard]] bool writes(std::string_view family) const;
};

/// Sorted by name. No family is written by two collectors.
[[nodiscard]] std::span<const LoopCollector> loop_collectors();
[[nodiscard]] std::span<const WorkerCollector> worker_collectors();

}  // namespace tocsin::sources::host
