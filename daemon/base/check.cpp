#include "tocsin/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace tocsin {

// The one place of the core that writes anywhere: what follows is the end of the process.
void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: tocsin contradicts itself: %s does not hold\n", file, line,
               expression);
  std::abort();
}

}  // namespace tocsin
