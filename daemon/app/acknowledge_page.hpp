// The page behind a link that acknowledges: for a phone, without scripts, in one answer. Pure.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/base/time.hpp"
#include "tocsin/model/notice.hpp"

namespace tocsin::app {

/// The incident in plain words, a field for a name, one button. `complaint`: what was wrong with
/// what was sent, or "".
[[nodiscard]] std::string acknowledge_form(const Notice& notice, Duration lasts,
                                           std::string_view complaint = "");
/// One thing that is said, with what it says of the incident below it where that is known.
[[nodiscard]] std::string acknowledge_said(std::string_view heading, std::string_view text,
                                           const Notice* notice = nullptr);
/// The style that stands in both: the response's policy allows it alone, by its hash.
[[nodiscard]] std::string_view acknowledge_style();

}  // namespace tocsin::app
