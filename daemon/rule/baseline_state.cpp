// What a baseline has learned, as text that storage keeps: the bytes of its numbers in base64,
// behind a word for their layout. Of another layout nothing is taken: learning begins anew.
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

#include "tocsin/rule/baseline.hpp"

namespace tocsin::rule {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_text(const std::string& bytes) {
  std::string text;
  text.reserve(bytes.size() * 4 / 3 + 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8U | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += kDigits[held >> static_cast<unsigned>(bits) & 63U];
    }
  }
  if (bits > 0) text += kDigits[held << static_cast<unsigned>(6 - bits) & 63U];
  return text;
}

std::string from_text(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) return {};
    held = held << 6U | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(held >> static_cast<unsigned>(bits) & 255U);
  }
  return bytes;
}

/// Adds the bytes of numbers.
struct Put {
  std::string& bytes;
  template <class T>
  void operator()(std::span<T> values) const {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  template <class T>
  void operator()(T& value) const {
    (*this)(std::span(&value, 1));
  }
};

/// Takes them back; what is too short is found by their number.
struct Take {
  std::string_view& bytes;
  template <class T>
  void operator()(std::span<T> values) const {
    if (bytes.size() < values.size_bytes()) return;
    std::memcpy(values.data(), bytes.data(), values.size_bytes());
    bytes.remove_prefix(values.size_bytes());
  }
  template <class T>
  void operator()(T& value) const {
    (*this)(std::span(&value, 1));
  }
};

}  // namespace

template <class Field>
void Baseline::each_field(Field&& field) {
  shape_.each_field(field);
  field(dispersion_);
  field(std::span(ring_));
  field(now_);
  field(committed_);
  field(shaped_);
  field(barrier_);
  field(reach_);
  field(first_);
  field(clean_buckets_);
  level_.each_field(field);
  field(alarm_);
  field(alarm_from_);
  field(raised_);
  field(evidence_);
  field(raised_by_);
  field(scale_);
  field(view_);
}

std::string Baseline::save() const {
  std::string bytes;
  auto copy = *this;  // the fields are handed out to be written, too
  copy.each_field(Put{bytes});
  return "1 " + std::to_string(bytes.size()) + " " + std::to_string(tuning_.bucket.count()) + " " +
         to_text(bytes);
}

/// Serials are walked along: none may be far from the others.
bool Baseline::is_plausible() const {
  const auto size = static_cast<std::int64_t>(ring_.size());
  const auto near = [&](std::int64_t serial) {
    return serial >= now_ - 2 * size && serial <= now_ + 2 * per_hour();
  };
  const auto past = [&](std::int64_t serial) { return serial >= 0 && serial <= now_ + 1; };
  if (now_ == 0) return true;
  return now_ > 0 && now_ < (std::int64_t{1} << 40) && past(first_) && near(committed_) &&
         near(shaped_) && past(barrier_) && past(alarm_from_) && past(raised_) && reach_ >= 0 &&
         reach_ <= size && std::isfinite(scale_) && scale_ > 0 && std::isfinite(clean_buckets_);
}

bool Baseline::load(std::string_view text) {
  Baseline fresh(tuning_);
  std::string expected;
  fresh.each_field(Put{expected});
  const std::string head =
      "1 " + std::to_string(expected.size()) + " " + std::to_string(tuning_.bucket.count()) + " ";
  if (!text.starts_with(head)) return false;
  const std::string bytes = from_text(text.substr(head.size()));
  if (bytes.size() != expected.size()) return false;
  std::string_view left = bytes;
  fresh.each_field(Take{left});
  if (!fresh.is_plausible()) return false;
  *this = std::move(fresh);
  return true;
}

}  // namespace tocsin::rule
