// What a receiver's templates may show of a notice. Pure; every value is printable and bounded.
#pragma once

#include <string>
#include <string_view>

#include "receivers/wording.hpp"
#include "tocsin/model/delivery.hpp"
#include "tocsin/outbox/notice_template.hpp"

namespace tocsin::receivers {

[[nodiscard]] outbox::NoticeValues notice_values(const Delivery& delivery,
                                                 std::string_view program = kProgram);

}  // namespace tocsin::receivers
