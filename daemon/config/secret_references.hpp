// Every reference to a secret that a configuration makes, with its place.
#pragma once

#include <vector>

#include "survey.hpp"
#include "tocsin/config/validate.hpp"

namespace tocsin::config {

/// As written. What holds its secret in the clear is no reference.
[[nodiscard]] std::vector<SecretReference> secret_references(const Survey& survey,
                                                             const Input& input);

}  // namespace tocsin::config
