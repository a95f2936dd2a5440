// The table of keys as a JSON schema (draft-07), for editors that know one.
#pragma once

#include <boost/json/object.hpp>

namespace tocsin::commands {

/// Of one file: sections that a configuration may spread over files are required of none. It
/// refuses what `tocsin check` would refuse of a value's own form; references and bounds with units
/// are left to that.
[[nodiscard]] boost::json::object config_schema();

}  // namespace tocsin::commands
