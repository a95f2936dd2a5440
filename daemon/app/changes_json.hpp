// A configuration's description and what changes between two, as JSON: what `tocsin check --diff`
// and `tocsin reload` are answered.
#pragma once

#include <boost/json/value.hpp>

#include "tocsin/base/result.hpp"
#include "tocsin/config/difference.hpp"

namespace tocsin::app {

[[nodiscard]] boost::json::value json_of(const config::Description& description);
/// From `items`, as above. Fails where it is anything else.
[[nodiscard]] Result<config::Description> description_from(const boost::json::value& items);

/// { "added": [{kind, name}], "removed": [{kind, name}],
///   "changed": [{kind, name, details: [{key, before, after, at_next_start}]}], "kept": {kind: 3} }
[[nodiscard]] boost::json::value json_of(const config::Difference& difference);

}  // namespace tocsin::app
