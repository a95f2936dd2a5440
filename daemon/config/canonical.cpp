// Configuration written back: one text for every way of writing the same.
#include <fmt/format.h>

#include <algorithm>

#include "tocsin/base/quantity.hpp"
#include "tocsin/config/validate.hpp"

namespace tocsin::config {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20U || byte == 0x7FU) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::vector<const Entry*> sorted(const Value& table) {
  std::vector<const Entry*> entries;
  for (const Entry& entry : table.entries) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return a->key < b->key; });
  return entries;
}

std::string written(const Value& value) {
  switch (value.kind) {
    case Kind::text:
      return quoted(value.text);
    case Kind::flag:
      return value.flag ? "true" : "false";
    case Kind::number:
      return value.whole ? fmt::format("{:.0f}", value.number) : fmt::format("{:e}", value.number);
    case Kind::array: {
      std::string out = "[";
      for (const Value& item : value.items) {
        if (out.size() > 1) out += ", ";
        out += written(item);
      }
      return out + "]";
    }
    case Kind::table: {
      std::string out = "{";
      for (const Entry* entry : sorted(value)) {
        if (out.size() > 1) out += ", ";
        out += quoted(entry->key) + " = " + written(entry->value);
      }
      return out + "}";
    }
    case Kind::other:
      break;
  }
  return "\"\"";
}

}  // namespace

std::string canonical_section(std::string_view family, std::string_view name, const Value& table) {
  std::string out = fmt::format("[{}.{}]\n", family, quoted(name));
  for (const Entry* entry : sorted(table)) {
    out += fmt::format("{} = {}\n", quoted(entry->key), written(entry->value));
  }
  return out;
}

}  // namespace tocsin::config
