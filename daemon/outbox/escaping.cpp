// How a field is made harmless for where it stands.
#include <fmt/format.h>

#include <algorithm>

#include "tocsin/base/text.hpp"
#include "tocsin/outbox/notice_template.hpp"

namespace tocsin::outbox {

namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Of an encoded word (RFC 2047): 75 characters, of which base64 may take 63; whole groups of it.
constexpr std::size_t kWordBytes = 45;

std::string json_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string url_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string encoded_word(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const unsigned byte = at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
      group = (group << 8U) | byte;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += at + i > text.size() ? '=' : kBase64[(group >> (18U - 6U * i)) & 63U];
    }
  }
  return "=?UTF-8?B?" + out + "?=";
}

std::string header_escaped(std::string_view text) {
  std::string line = printable(text);
  const bool ascii = std::all_of(line.begin(), line.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  // What looks like an encoded word would be read as one.
  if (ascii && line.find("=?") == std::string::npos) return line;
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = std::min(at + kWordBytes, line.size());
    while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80) --end;
    out += (out.empty() ? "" : " ") + encoded_word(std::string_view(line).substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace

Escaping escaping_for(std::string_view content_type) {
  const std::string type = lowercase(
      trim(content_type.substr(0, std::min(content_type.find(';'), content_type.size()))));
  if (type == "application/json" || type.ends_with("+json")) return Escaping::json;
  if (type == "application/x-www-form-urlencoded") return Escaping::url;
  if (type == "text/html" || type.ends_with("/xml") || type.ends_with("+xml")) {
    return Escaping::html;
  }
  return Escaping::none;
}

std::string escaped(std::string_view text, Escaping escaping) {
  switch (escaping) {
    case Escaping::none:
      return std::string(text);
    case Escaping::json:
      return json_escaped(text);
    case Escaping::url:
      return url_escaped(text);
    case Escaping::html:
      return html_escaped(text);
    case Escaping::header:
      return header_escaped(text);
  }
  return "";
}

}  // namespace tocsin::outbox
