// Collectors that are little more than a file with a number in it.
#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {

Result<void> entropy(const Machine& machine, Exposition& out) {
  const auto available = machine.proc.number("sys/kernel/random/entropy_avail");
  const auto pool = machine.proc.number("sys/kernel/random/poolsize");
  if (!available || !pool) {
    return fail(ErrorCode::not_found, "sys/kernel/random: no numbers");
  }
  out.gauge("node_entropy_available_bits", "Bits of entropy that are there.").add(*available);
  out.gauge("node_entropy_pool_size_bits", "Bits of entropy that the pool can hold.").add(*pool);
  return {};
}

Result<void> kernel_hung(const Machine& machine, Exposition& out) {
  const auto tasks = machine.proc.number("sys/kernel/hung_task_detect_count");
  if (!tasks) {
    return fail(ErrorCode::not_found, "the kernel does not count hung tasks");
  }
  out.counter("node_kernel_hung_tasks_total", "Tasks found hanging since the boot.").add(*tasks);
  return {};
}

}  // namespace tocsin::sources::host
