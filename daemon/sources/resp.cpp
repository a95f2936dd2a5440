#include "sources/resp.hpp"

#include <fmt/format.h>

#include <charconv>

#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

constexpr std::size_t kRespLineMost = 16U << 10U;

}  // namespace

std::string resp_command(std::initializer_list<std::string_view> words) {
  std::string out = fmt::format("*{}\r\n", words.size());
  for (const std::string_view word : words) {
    out += fmt::format("${}\r\n", word.size());
    out += word;
    out += "\r\n";
  }
  return out;
}

tl::unexpected<Error> RespReader::no_resp() const {
  const std::string_view line = std::string_view(bytes_).substr(0, bytes_.find_first_of("\r\n"));
  return fail(ErrorCode::corrupt,
              fmt::format("the answer begins with `{}`: this is not Redis",
                          shortened(printable(valid_utf8(without_secret(line, secret_))), 48)));
}

Result<std::optional<RespReply>> RespReader::next() {
  if (bytes_.empty()) return std::nullopt;
  const char kind = bytes_.front();
  if (std::string_view("+-:$").find(kind) == std::string_view::npos) return no_resp();
  const std::size_t line_end = bytes_.find("\r\n");
  if (line_end == std::string::npos) {
    if (bytes_.size() > kRespLineMost) return no_resp();
    return std::nullopt;
  }
  if (kind == '$') return bulk(line_end);
  RespReply reply;
  reply.is_error = kind == '-';
  reply.text = bytes_.substr(1, line_end - 1);
  bytes_.erase(0, line_end + 2);
  return reply;
}

Result<std::optional<RespReply>> RespReader::bulk(std::size_t line_end) {
  std::int64_t size = 0;
  const char* const first = bytes_.data() + 1;
  const char* const last = bytes_.data() + line_end;
  const auto [end, error] = std::from_chars(first, last, size);
  if (error != std::errc() || end != last || size < -1) return no_resp();
  RespReply reply;
  if (size >= 0) {
    const auto length = static_cast<std::size_t>(size);
    if (length > most_) {
      return fail(ErrorCode::exhausted,
                  fmt::format("the answer of {} bytes is longer than {}", length, most_));
    }
    const std::size_t begin = line_end + 2;
    if (bytes_.size() < begin + length + 2) return std::nullopt;
    if (bytes_.compare(begin + length, 2, "\r\n") != 0) return no_resp();
    reply.text = bytes_.substr(begin, length);
    line_end = begin + length;
  }
  bytes_.erase(0, line_end + 2);
  return reply;
}

}  // namespace tocsin::sources
