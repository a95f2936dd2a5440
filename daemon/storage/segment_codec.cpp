#include "storage/segment_codec.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace tocsin::storage {
namespace {

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
void put_number(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>(number | 0x80U);
    number >>= 7U;
  }
  out += static_cast<char>(number);
}

/// Small numbers of either sign become small ones without.
std::uint64_t folded(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63U);
}
std::int64_t unfolded(std::uint64_t number) {
  return static_cast<std::int64_t>(number >> 1U) ^ -static_cast<std::int64_t>(number & 1U);
}

std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

class BytesReader {
 public:
  explicit BytesReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool at_end() const { return bytes_.empty(); }
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }
  std::optional<std::string_view> take(std::uint64_t count) {
    if (count > bytes_.size()) return std::nullopt;
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

 private:
  std::string_view bytes_;
};

}  // namespace

std::string encode_chunks(const std::vector<series::NumberedChunk>& chunks) {
  std::string out;
  std::uint32_t number = 0;
  series::Millis time = 0;
  for (const auto& [next, chunk] : chunks) {
    put_number(out, next - number);
    put_number(out, chunk.count);
    put_number(out, folded(difference(chunk.first, time)));
    put_number(out, folded(difference(chunk.last, chunk.first)));
    put_number(out, chunk.bytes.size());
    out.append(chunk.bytes.begin(), chunk.bytes.end());
    number = next;
    time = chunk.first;
  }
  return out;
}

Result<std::vector<series::NumberedChunk>> decode_chunks(std::string_view bytes) {
  std::vector<series::NumberedChunk> chunks;
  BytesReader reader(bytes);
  std::uint64_t number = 0;
  series::Millis time = 0;
  while (!reader.at_end()) {
    const auto step = reader.number();
    const auto count = reader.number();
    const auto first = reader.number();
    const auto last = reader.number();
    const auto size = reader.number();
    const auto body = size ? reader.take(*size) : std::nullopt;
    if (!step || !count || !first || !last || !body) {
      return fail(ErrorCode::corrupt, "a segment ends within a chunk");
    }
    series::NumberedChunk next;
    number += *step;
    next.number = static_cast<std::uint32_t>(number);
    next.chunk.count = static_cast<std::uint32_t>(*count);
    next.chunk.first = sum(time, unfolded(*first));
    next.chunk.last = sum(next.chunk.first, unfolded(*last));
    next.chunk.bytes.assign(body->begin(), body->end());
    time = next.chunk.first;
    const bool fits = number <= UINT32_MAX && *count <= UINT32_MAX;
    if (!fits || !series::is_sound(next.chunk)) {
      return fail(ErrorCode::corrupt, "a chunk of a segment is not what it says");
    }
    chunks.push_back(std::move(next));
  }
  return chunks;
}

}  // namespace tocsin::storage
