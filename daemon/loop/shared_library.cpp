#include "loop/shared_library.hpp"

#include <dlfcn.h>

namespace tocsin::loop {

SharedLibrary::SharedLibrary(const char* file)
    : handle_(::dlopen(file, RTLD_NOW | RTLD_LOCAL)), complete_(handle_ != nullptr) {}

void* SharedLibrary::address_of(const char* name) {
  void* const address = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
  complete_ = complete_ && address != nullptr;
  return address;
}

}  // namespace tocsin::loop
