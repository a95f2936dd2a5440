// What people changed, as they announced it: the first suspect of an incident that follows.
#pragma once

#include <string>

#include "tocsin/base/time.hpp"

namespace tocsin {

struct Change {
  WallTime at;
  std::string by;
  std::string text;      ///< one line: "shop 2.3.1 deployed"
  std::string link;      ///< http or https: where more is written; "" where nowhere is
  std::string concerns;  ///< the alerts that it may explain, as Matchers::parse reads them; "": all
};

}  // namespace tocsin
