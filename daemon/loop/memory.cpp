#include "loop/memory.hpp"

#include <malloc.h>

namespace tocsin::loop {

void share_one_arena() {
  mallopt(M_ARENA_MAX, 1);
}

void give_back_memory() {
  malloc_trim(0);
}

}  // namespace tocsin::loop
