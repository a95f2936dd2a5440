// Assertions about our own faults, on in every build. Input from outside is never checked with
// these: it gets a Result.
#pragma once

namespace tocsin {
[[noreturn]] void check_failed(const char* expression, const char* file, int line);
}

#define TOCSIN_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::tocsin::check_failed(#expression, __FILE__, __LINE__))
