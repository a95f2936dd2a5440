#include <sys/utsname.h>

#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {

Result<void> uname_info(Exposition& out) {
  utsname name{};
  if (::uname(&name) != 0) {
    return fail(ErrorCode::unavailable, "uname failed");
  }
  out.gauge("node_uname_info", "What uname says of the running system; always 1.")
      .add({{"domainname", static_cast<const char*>(name.domainname)},
            {"machine", static_cast<const char*>(name.machine)},
            {"nodename", static_cast<const char*>(name.nodename)},
            {"release", static_cast<const char*>(name.release)},
            {"sysname", static_cast<const char*>(name.sysname)},
            {"version", static_cast<const char*>(name.version)}},
           1);
  return {};
}

}  // namespace tocsin::sources::host
