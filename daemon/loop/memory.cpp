#include "loop/memory.hpp"

#include <malloc.h>

namespace tocsin::loop {

void keep_little_memory() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

void give_back_memory() {
  malloc_trim(0);
}

}  // namespace tocsin::loop
