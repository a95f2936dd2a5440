// A segment's chunks as bytes: for each its number, how many samples, when, and the chunk's own
// bits. Numbers and times are written as differences, in as few bytes as they need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::storage {

/// `chunks` are sorted by number.
[[nodiscard]] std::string encode_chunks(const std::vector<series::NumberedChunk>& chunks);
/// ErrorCode::corrupt where the bytes are none of ours. Every chunk that it gives is sound.
[[nodiscard]] Result<std::vector<series::NumberedChunk>> decode_chunks(std::string_view bytes);

}  // namespace tocsin::storage
