// A silence withholds opens, updates and levels of the alerts that it matches; never a measurement,
// never the record, never a close. Always with an author, a reason and an end.
#pragma once

#include <string>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin {

struct Silence {
  SilenceId id;
  std::string matchers;  ///< as Matchers::parse reads them
  std::string author;
  std::string reason;
  Stamp created;
  Duration lasts{};
  bool ended_early = false;
};

}  // namespace tocsin
