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

/// ErrorCode::invalid where the text is no template, exhausted beyond `most` bytes.
[[nodiscard]] Result<std::string> render_notice(std::string_view text,
                                                const outbox::NoticeValues& values,
                                                outbox::Escaping escaping, std::size_t most);

}  // namespace tocsin::receivers
