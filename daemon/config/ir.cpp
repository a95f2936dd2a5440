#include "tocsin/config/ir.hpp"

#include <algorithm>

namespace tocsin::config {
namespace {

std::uint32_t code_points(std::string_view text) {
  const auto count = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  return static_cast<std::uint32_t>(count);
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "a text";
    case Kind::number:
      return "a number";
    case Kind::flag:
      return "true or false";
    case Kind::array:
      return "a list";
    case Kind::table:
      return "a table";
    case Kind::other:
      break;
  }
  return "a date or time";
}

const Entry* Value::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

Place Value::within(std::size_t offset, std::size_t length) const {
  if (stretches.empty()) return place;
  offset = std::min(offset, text.size());
  auto after = std::upper_bound(
      stretches.begin(), stretches.end(), offset,
      [](std::size_t wanted, const Stretch& stretch) { return wanted < stretch.offset; });
  const Stretch& start = after == stretches.begin() ? stretches.front() : *std::prev(after);
  const std::size_t end = after == stretches.end() ? text.size() : after->offset;
  const std::string_view all = text;
  Place result = place;
  result.line = start.line;
  if (start.instead_of > 0) {
    result.column = start.column;
    result.length = start.instead_of;
    return result;
  }
  result.column = start.column + code_points(all.substr(start.offset, offset - start.offset));
  const std::size_t stop = std::max(offset, std::min(end, offset + length));
  result.length = std::max(1U, code_points(all.substr(offset, stop - offset)));
  return result;
}

}  // namespace tocsin::config
