#include "tocsin/base/result.hpp"

#include <fmt/format.h>

namespace tocsin {

Error Error::within(std::string_view what) const {
  return Error{code, fmt::format("{}: {}", what, text)};
}

}  // namespace tocsin
