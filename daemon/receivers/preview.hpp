// What a receiver would be sent, for people to read: in a terminal, and in the golden files. Pure.
#pragma once

#include <string>
#include <string_view>

#include "receivers/wording.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/model/delivery.hpp"

namespace tocsin::receivers {

/// Lines of printable text. Messages of Slack's as they are shown; the rest as it is sent, without
/// secrets, JSON spread over lines.
[[nodiscard]] std::string preview(const config::ReceiverDefinition& definition,
                                  const Delivery& delivery, std::string_view program = kProgram);

}  // namespace tocsin::receivers
