// A token is INCIDENT.OPENED.EXPIRES.SIGNATURE: times in seconds since 1970, the signature
// HMAC-SHA256 in base64 as URLs take it, over what stands before it.
#include "app/acknowledge_links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "loop/durable_file.hpp"
#include "loop/file.hpp"
#include "loop/signing.hpp"
#include "receivers/base64.hpp"
#include "receivers/wording.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyLetters = (kKeyBytes + 2) / 3 * 4;
constexpr std::size_t kTokenMost = 150;
constexpr std::string_view kPurpose = "tocsin acknowledge 1\n";  ///< the key signs nothing else

std::string url_safe(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::int64_t unix_seconds(WallTime at) {
  return std::chrono::floor<seconds>(at).time_since_epoch().count();
}

/// Takes the number before the next dot, and the dot.
std::optional<std::int64_t> next_number(std::string_view& text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + dot, number);
  if (error != std::errc() || end != text.data() + dot || number < 0) return std::nullopt;
  text.remove_prefix(std::min(dot + 1, text.size()));
  return number;
}

std::string key_path(const std::string& state_folder) {
  return state_folder + "/acknowledge.key";
}

}  // namespace

std::optional<config::Diagnostic> exposed_key(const std::string& state_folder) {
  namespace fs = std::filesystem;
  std::error_code unseen;
  const fs::perms mode = fs::status(key_path(state_folder), unseen).permissions();
  const fs::perms others = fs::perms::group_all | fs::perms::others_all;
  if (unseen || mode == fs::perms::unknown || (mode & others) == fs::perms::none)
    return std::nullopt;
  config::Diagnostic out;
  out.level = config::Level::warning;
  out.file = key_path(state_folder);
  out.message = fmt::format(
      "others than its owner may read or change it (mode {:04o}): who has read it acknowledges "
      "any incident",
      static_cast<unsigned>(mode));
  out.hint =
      "remove it, and the next start makes another (links sent until then stop working); where "
      "nobody can have read it, chmod 600 will do";
  return out;
}

Result<std::string> acknowledge_key(const std::string& state_folder) {
  const std::string path = key_path(state_folder);
  const Result<loop::FileContent> held = loop::read_file(path, 1024);
  if (held) {
    std::string key(trim(held->text));
    if (key.size() == kKeyLetters) return key;
  } else if (held.error().code != ErrorCode::not_found) {
    return tl::unexpected(held.error().within(path));
  }
  const Result<std::string> bytes = loop::secret_bytes(kKeyBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  std::string key = receivers::base64(*bytes);
  if (auto written = loop::write_durably(path, key + "\n"); !written)
    return tl::unexpected(written.error().within(path));
  return key;
}

AcknowledgeLinks::AcknowledgeLinks(const config::Listen& listen, std::string key)
    : external_url_(listen.external_url), lasts_(listen.link_expires), key_(std::move(key)) {}

Result<std::string> AcknowledgeLinks::signature(std::string_view said) const {
  const Result<std::string> mac =
      loop::hmac_sha256(key_, std::string(kPurpose) + std::string(said));
  if (!mac) return tl::unexpected(mac.error());
  return url_safe(receivers::base64(*mac));
}

std::string AcknowledgeLinks::link_for(const Notice& notice, WallTime now) const {
  if (!offered() || receivers::acknowledge_command(notice).empty()) return "";
  const std::string said = fmt::format("{}.{}.{}", notice.incident.value,
                                       unix_seconds(notice.opened), unix_seconds(now + lasts_));
  const Result<std::string> signed_by = signature(said);
  return signed_by ? fmt::format("{}/ack/{}.{}", external_url_, said, *signed_by) : "";
}

Result<AcknowledgeLinks::Link> AcknowledgeLinks::read(std::string_view token, WallTime now) const {
  const tl::unexpected<Error> not_ours = fail(ErrorCode::denied, "it is no link of this tocsin's");
  const std::size_t dot = token.rfind('.');
  if (!offered() || token.size() > kTokenMost || dot == std::string_view::npos) return not_ours;
  std::string_view said = token.substr(0, dot);
  const Result<std::string> ours = signature(said);
  if (!ours) return tl::unexpected(ours.error());
  if (!loop::same_signature(*ours, token.substr(dot + 1))) return not_ours;
  const auto incident = next_number(said);
  const auto opened = next_number(said);
  const auto expires = next_number(said);
  if (!incident || !opened || !expires) return not_ours;
  return Link{IncidentId(static_cast<std::uint64_t>(*incident)), WallTime(seconds(*opened)),
              unix_seconds(now) >= *expires};
}

}  // namespace tocsin::app
