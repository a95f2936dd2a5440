// Libraries that only some configurations need: loaded by the first who does, so that they cost the
// others neither memory nor time at the start.
#pragma once

#include <type_traits>

namespace tocsin::loop {

/// Stays loaded. Where it is not installed, or lacks a function, it is not complete().
class SharedLibrary {
 public:
  explicit SharedLibrary(const char* file);

  template <class Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(address_of(name));
  }
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  void* address_of(const char* name);

  void* handle_;
  bool complete_;
};

}  // namespace tocsin::loop
